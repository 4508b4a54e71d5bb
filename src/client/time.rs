//! The time that a run has and spends: clocks, waiting, and the signal that ends it.

use crate::client::Client;
use crate::client::SigningContext;
use crate::client::retry::Backoff;
use crate::error::{Failure, Kind, Signal};
use crate::settings::DEADLINE;
use std::cell::RefCell;
use std::time::{Duration, SystemTime};
use tokio::sync::MutexGuard;
use tokio::time::Instant;

/// An exchange of a token begins only with so much time left.
const EXCHANGE: Duration = Duration::from_secs(1);

/// Time and chance, as the program or a test hands them in. Waiting is tokio's,
/// whose clock a test can stop.
pub struct Clock {
    /// The wall clock when `started` was taken.
    pub wall: SystemTime,
    pub started: Instant,
    /// Random bits. Jitter and nonces are made of them, keys are not.
    pub random: RefCell<Box<dyn FnMut() -> u64>>,
}

impl Clock {
    pub(crate) fn now(&self) -> SystemTime {
        self.wall
            .checked_add(self.started.elapsed())
            .unwrap_or(self.wall)
    }

    /// Seconds since 1970; none where the clock stands before it.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }

    fn bits(&self) -> u64 {
        (self.random.borrow_mut())()
    }

    /// A number from 0 to 1.
    pub(super) fn fraction(&self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A fresh context for one signature.
    pub(crate) fn signing_context(&self) -> SigningContext {
        SigningContext {
            now: self.unix_seconds(),
            nonce: u128::from(self.bits()) << 64 | u128::from(self.bits()),
        }
    }
}

/// How long and how often Jira is asked.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub timeout: Duration,
    pub deadline: Duration,
    pub max_retries: u32,
    /// How the waits between attempts grow.
    pub backoff: Backoff,
}

impl Client {
    /// From now on nothing is sent and nobody waits; what is under way may end.
    pub(crate) fn stop(&self, signal: Signal) {
        self.stopped_by.set(Some(signal));
        self.stop.notify_waiters();
    }

    /// What to say of work that a signal ended or kept from beginning.
    pub(crate) fn interruption(&self) -> Option<Failure> {
        self.stopped_by.get().map(Failure::interrupted)
    }

    /// Ends when a signal ends the run.
    pub(crate) async fn stopped(&self) -> Failure {
        loop {
            let told = self.stop.notified();
            if let Some(failure) = self.interruption() {
                return failure;
            }
            told.await;
        }
    }

    /// Waits as long as the site asked everybody to wait; nobody agreed to a longer
    /// wait than the run may last.
    pub(super) async fn wait_for_site(&self) -> Result<(), Failure> {
        while let Some(until) = self
            .blocked_until
            .get()
            .filter(|until| *until > Instant::now())
        {
            self.sleep_until(until).await;
            if let Some(failure) = self.interruption() {
                return Err(failure);
            }
        }
        Ok(())
    }

    pub(super) async fn sleep_until(&self, until: Instant) {
        if self.stopped_by.get().is_none() {
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.stop.notified() => {}
            }
        }
    }

    /// What is left of the time for the run.
    pub(crate) fn remaining(&self) -> Duration {
        self.limits
            .deadline
            .saturating_sub(self.clock.started.elapsed())
    }

    /// What is left of it for one attempt.
    pub(crate) fn remaining_for_attempt(&self) -> Duration {
        self.limits.timeout.min(self.remaining())
    }

    /// Whether an exchange of a token that is good once may begin.
    ///
    /// # Errors
    /// A timeout, where so little time is left that nothing could come of it.
    pub(crate) fn time_for_exchange(&self) -> Result<(), Failure> {
        let (left, deadline) = (self.remaining(), self.limits.deadline.as_secs_f64());
        if left >= EXCHANGE {
            return Ok(());
        }
        let left = left.as_secs_f64();
        let message = format!(
            "{left:.1} s of the run's {deadline} s were left, too little to renew the access \
             token; the refresh token was not used"
        );
        Err(Failure::new(Kind::Timeout, message).hint(format!("{DEADLINE} sets the run's time")))
    }

    /// Held while a token that is good once is exchanged and the next one saved.
    pub(crate) async fn exchange(&self) -> MutexGuard<'_, ()> {
        self.exchange.lock().await
    }

    pub(super) fn out_of_time(&self) -> Failure {
        Failure::out_of_time(self.limits.deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_holds_every_bit_that_chance_gave() {
        let mut bits = [0xfeed_0000_0000_0001_u64, 0xcafe_0000_0000_0002].into_iter();
        let random =
            RefCell::new(Box::new(move || bits.next().unwrap()) as Box<dyn FnMut() -> u64>);
        let clock = Clock {
            wall: SystemTime::UNIX_EPOCH,
            started: Instant::now(),
            random,
        };
        assert_eq!(
            clock.signing_context().nonce,
            0xfeed_0000_0000_0001_cafe_0000_0000_0002
        );
    }
}
