//! Watches over the thread that works: where that hangs in a file, a stream or
//! a computation, a signal and the deadline still end the process, and say what
//! is known.

use crate::config::{self, Input};
use crate::error::{Failure, Kind, Signal};
use crate::output;
use crate::output::status::{Status, wait_for_the_exit};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

/// After a signal or the deadline, a thread that does nothing else for so long
/// hangs; and so long its last words may take.
const STUCK: Duration = Duration::from_secs(1);
/// Between two questions whether it hangs.
const PAUSE: Duration = Duration::from_millis(50);
/// As much as the main thread has; a thread is given less unless told.
const STACK: usize = 8 << 20;

/// Does what the command line asks for on a thread of its own, and returns the
/// exit code. `signals` makes the handlers, and then ends when the process is
/// told to stop.
pub fn run<S: Future<Output = Signal>>(input: Input, signals: impl FnOnce() -> S) -> u8 {
    let status = Arc::new(Status::new(config::guess_reporting(&input)));
    report_panics(Arc::clone(&status));
    runtime().block_on(async {
        let signal = signals();
        let worker = Worker::start(input, Arc::clone(&status));
        watch(worker, &status, signal).await
    })
}

fn runtime() -> Runtime {
    #[expect(
        clippy::expect_used,
        reason = "without a runtime nothing can be done; the panic hook reports it"
    )]
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

struct Worker {
    handle: Handle,
    stop: Option<oneshot::Sender<Signal>>,
    done: oneshot::Receiver<u8>,
}

impl Worker {
    fn start(input: Input, status: Arc<Status>) -> Self {
        let runtime = runtime();
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let (ended, done) = oneshot::channel();
        let work = move || {
            let signal = async {
                match stopped.await {
                    Ok(signal) => signal,
                    Err(_) => std::future::pending().await,
                }
            };
            let code = runtime.block_on(crate::run(&input, &status, signal));
            // A look-up of a name that hangs must not hold up the exit.
            runtime.shutdown_background();
            let _ = ended.send(code);
        };
        #[expect(
            clippy::expect_used,
            reason = "without a thread nothing can be done; the panic hook reports it"
        )]
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(work)
            .expect("a thread");
        Worker {
            handle,
            stop: Some(stop),
            done,
        }
    }

    /// Ends when the thread does nothing else any more than what it hangs in.
    async fn hangs(handle: &Handle) {
        loop {
            let (pong, answer) = oneshot::channel();
            handle.spawn(async move {
                let _ = pong.send(());
            });
            if tokio::time::timeout(STUCK, answer).await.is_err() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn watch(
    mut worker: Worker,
    status: &Arc<Status>,
    signal: impl Future<Output = Signal>,
) -> u8 {
    let (mut signal, mut over) = (std::pin::pin!(signal), std::pin::pin!(status.out_of_time()));
    let handle = worker.handle.clone();
    let mut hangs = std::pin::pin!(Worker::hangs(&handle));
    let (mut signalled, mut late) = (None, None);
    loop {
        let ended_by = signalled
            .map(Failure::interrupted)
            .or_else(|| late.map(Failure::out_of_time));
        tokio::select! {
            code = &mut worker.done => return code.unwrap_or(Kind::Internal.exit_code()),
            told = &mut signal, if signalled.is_none() => {
                if status.is_preparing() {
                    end(status, Failure::interrupted(told));
                }
                signalled = Some(told);
                let _ = worker.stop.take().map(|stop| stop.send(told));
            }
            deadline = &mut over, if late.is_none() => late = Some(deadline),
            () = &mut hangs, if ended_by.is_some() => {
                if let Some(why) = ended_by {
                    end(status, why);
                }
            }
        }
    }
}

/// Exits, after telling what is known as far as the readers take it.
fn end(status: &Arc<Status>, why: Failure) -> ! {
    let (code, ended) = mpsc::channel();
    let theirs = (Arc::clone(status), why.clone(), code.clone());
    let thread = std::thread::Builder::new().spawn(move || tell(&theirs.0, &theirs.1, &theirs.2));
    if thread.is_err() {
        tell(status, &why, &code);
    }
    // The end of the last one that could send closes the channel.
    drop(code);
    let told = ended.recv_timeout(STUCK);
    if told.is_ok() {
        let _ = ended.recv_timeout(STUCK);
    }
    std::process::exit(i32::from(told.unwrap_or(why.kind.exit_code())))
}

fn tell(status: &Status, why: &Failure, code: &mpsc::Sender<u8>) {
    let Some(words) = status.end(why) else {
        wait_for_the_exit()
    };
    let _ = code.send(words.code);
    output::show_last(words, why);
}

/// Ends the process with what is known when the program itself is at fault.
/// What a panic says may hold a secret, so it is not shown.
pub fn report_panics(status: Arc<Status>) {
    std::panic::set_hook(Box::new(move |info| {
        let place = info
            .location()
            .map(|place| format!(" at {}:{}", place.file(), place.line()))
            .unwrap_or_default();
        let message = format!(
            "jira-build-status {} has a fault{place}",
            env!("CARGO_PKG_VERSION")
        );
        end(
            &status,
            Failure::new(Kind::Internal, message)
                .hint("please report this line; it holds no secret"),
        );
    }));
}
