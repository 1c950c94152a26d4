//! Which job gets the next slice: weighted round robin, so that every user who waits gets the same share of the
//! fleet however many jobs they have, with a cap per user while others wait.

use std::collections::HashMap;

use uuid::Uuid;

/// An open job as the order of service sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The job.
    pub job: Uuid,
    /// Its owner.
    pub user: Uuid,
    /// Its place: lowest first. Serving it moves it on by the number of its owner's open jobs.
    pub turn: i64,
    /// Its slices that are out.
    pub out: i64,
}

/// A slice to be issued, and the turn that its job has afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serve {
    /// The job.
    pub job: Uuid,
    /// Its turn from now on.
    pub turn: i64,
}

/// Plans who is served until `slots` slices are out in all. While another user waits with nothing barred, no user
/// gets more than half of the slots (at least one).
#[must_use]
pub fn plan(waiting: &[Waiting], slots: i64) -> Vec<Serve> {
    let mut jobs = waiting.to_vec();
    let mut open: HashMap<Uuid, i64> = HashMap::new();
    let mut out: HashMap<Uuid, i64> = HashMap::new();
    for job in &jobs {
        *open.entry(job.user).or_default() += 1;
        *out.entry(job.user).or_default() += job.out;
    }
    let cap = if open.len() > 1 { (slots / 2).max(1) } else { slots };
    let mut total: i64 = out.values().sum();
    let mut plan = Vec::new();
    while total < slots {
        let under_cap = |job: &&mut Waiting| out[&job.user] < cap;
        let Some(next) = jobs.iter_mut().filter(under_cap).min_by_key(|job| (job.turn, job.out, job.job)) else {
            break;
        };
        next.turn += open[&next.user];
        next.out += 1;
        *out.entry(next.user).or_default() += 1;
        total += 1;
        plan.push(Serve { job: next.job, turn: next.turn });
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(user: u128, job: u128) -> Waiting {
        Waiting { job: Uuid::from_u128(job), user: Uuid::from_u128(user), turn: 0, out: 0 }
    }

    #[test]
    fn one_job_gets_every_slot() {
        assert_eq!(plan(&[job(1, 1)], 4).len(), 4);
    }

    #[test]
    fn nothing_is_planned_beyond_the_slots() {
        let busy = Waiting { out: 4, ..job(1, 1) };
        assert!(plan(&[busy], 4).is_empty());
    }

    /// A user with forty jobs and a user with one get the same number of slices over time.
    #[test]
    fn users_share_equally_however_many_jobs_they_have() {
        let mut jobs: Vec<Waiting> = (0..40).map(|n| job(1, n)).collect();
        jobs.push(job(2, 1_000));
        let mut served: HashMap<Uuid, u32> = HashMap::new();
        for _ in 0..200 {
            for serve in plan(&jobs, 4) {
                let job = jobs.iter_mut().find(|job| job.job == serve.job).unwrap();
                job.turn = serve.turn;
                *served.entry(job.user).or_default() += 1;
            }
        }
        let (many, one) = (served[&Uuid::from_u128(1)], served[&Uuid::from_u128(2)]);
        assert!(many.abs_diff(one) <= 40, "{many} and {one}");
    }
}
