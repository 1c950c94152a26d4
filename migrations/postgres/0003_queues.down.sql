DROP TABLE schedule;
DROP TABLE workers;
DROP TABLE leaders;
DROP TABLE queues;
DROP TABLE outbox;
