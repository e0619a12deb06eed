//! Parts of a file, read while the part before is worked on.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// So many parts wait at most.
const WAITING: usize = 2;
/// Bytes of a block.
pub(super) const BLOCK: usize = 1 << 18;

/// Makes the parts of a file, one after the other. The first is made where it is asked for, and the rest in a thread of its own, which a short file does not need.
pub(super) struct Ahead<T> {
    source: Source<T>,
}

type Make<T> = Box<dyn FnMut() -> Option<T> + Send>;

enum Source<T> {
    Here(Make<T>),
    Thread {
        parts: Receiver<T>,
        thread: JoinHandle<()>,
    },
    Over,
}

/// What is being made when nobody wants it any more has memory, so it is waited for.
impl<T> Drop for Ahead<T> {
    fn drop(&mut self) {
        if let Source::Thread { parts, thread } = std::mem::replace(&mut self.source, Source::Over)
        {
            drop(parts);
            // Its panic, if that is how it ends, is of no concern any more.
            let _ = thread.join();
        }
    }
}

impl<T: Send + 'static> Ahead<T> {
    /// `make` gives parts, and `None` when there are no more, as often as it is asked.
    pub(super) fn new(make: impl FnMut() -> Option<T> + Send + 'static) -> Self {
        Self {
            source: Source::Here(Box::new(make)),
        }
    }

    /// The next part, and `None` after the last. After the first the thread begins, unless `is_last` says that little will follow.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn next(&mut self, is_last: impl Fn(&T) -> bool) -> io::Result<Option<T>> {
        match &mut self.source {
            Source::Here(make) => {
                let part = make();
                if part.as_ref().is_some_and(|part| !is_last(part))
                    && let Source::Here(make) = std::mem::replace(&mut self.source, Source::Over)
                {
                    self.source = start(make)?;
                }
                Ok(part)
            }
            Source::Thread { parts, .. } => match parts.recv() {
                Ok(part) => Ok(Some(part)),
                Err(_) => {
                    let over = std::mem::replace(&mut self.source, Source::Over);
                    // A panic is a defect, whichever thread it shows in.
                    if let Source::Thread { thread, .. } = over
                        && let Err(panic) = thread.join()
                    {
                        std::panic::resume_unwind(panic);
                    }
                    Ok(None)
                }
            },
            Source::Over => Ok(None),
        }
    }
}

fn start<T: Send + 'static>(mut make: Make<T>) -> io::Result<Source<T>> {
    let (sender, parts) = sync_channel(WAITING);
    let work = move || {
        while let Some(part) = make() {
            // Nobody listens any more when enough has been read.
            if sender.send(part).is_err() {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new()
        .name("load".into())
        .spawn(work)?;
    Ok(Source::Thread { parts, thread })
}

/// A block, and how much of it there is after the room at its beginning.
type Block = (Vec<u8>, usize);

/// A file's bytes in blocks.
pub(super) struct Blocks {
    room: usize,
    blocks: Ahead<io::Result<Block>>,
    used: SyncSender<Vec<u8>>,
}

impl Blocks {
    /// Each block has so much room before its bytes.
    pub(super) fn new(mut inner: Box<dyn Read + Send>, room: usize) -> Self {
        let (used, free) = sync_channel::<Vec<u8>>(WAITING);
        let mut is_over = false;
        let make = move || {
            if is_over {
                return None;
            }
            let mut block = free.try_recv().unwrap_or_else(|_| vec![0; room + BLOCK]);
            let filled = fill(&mut inner, &mut block[room..]);
            is_over = !matches!(filled, Ok(BLOCK));
            Some(filled.map(|length| (block, length)))
        };
        Self {
            room,
            blocks: Ahead::new(make),
            used,
        }
    }

    /// The next block. After the last one they are empty.
    pub(super) fn next(&mut self) -> io::Result<Block> {
        let is_last = |block: &io::Result<Block>| !matches!(block, Ok((_, BLOCK)));
        match self.blocks.next(is_last)? {
            Some(block) => block,
            None => Ok((vec![0; self.room], 0)),
        }
    }

    /// Takes a block back, to be filled again.
    pub(super) fn give_back(&self, block: Vec<u8>) {
        if block.len() == self.room + BLOCK {
            // Where nobody wants it, or there are enough, it is dropped.
            let _ = self.used.try_send(block);
        }
    }
}

/// Fills all of it, unless the file ends before.
fn fill(inner: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < block.len() {
        match inner.read(&mut block[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn all(bytes: &[u8], room: usize) -> Vec<u8> {
        let mut blocks = Blocks::new(Box::new(io::Cursor::new(bytes.to_vec())), room);
        let mut read = Vec::new();
        loop {
            let (block, length) = blocks.next().unwrap();
            if length == 0 {
                break;
            }
            read.extend_from_slice(&block[room..room + length]);
            blocks.give_back(block);
        }
        assert_eq!(blocks.next().unwrap().1, 0);
        read
    }

    #[test]
    fn the_blocks_are_the_file() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK, 5 * BLOCK + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
            assert!(all(&bytes, 10) == bytes, "{length}");
        }
    }

    /// Gives some bytes and then only errors.
    struct Broken(usize);

    impl Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(ErrorKind::ConnectionReset.into());
            }
            let length = self.0.min(out.len());
            self.0 -= length;
            Ok(length)
        }
    }

    #[test]
    fn an_error_is_told_and_is_the_end() {
        for length in [0, BLOCK / 2, BLOCK, 3 * BLOCK + 1] {
            let mut blocks = Blocks::new(Box::new(Broken(length)), 0);
            let told = std::iter::repeat_with(|| blocks.next())
                .take(8)
                .find_map(Result::err);
            assert_eq!(told.unwrap().kind(), ErrorKind::ConnectionReset);
            assert_eq!(blocks.next().unwrap().1, 0);
        }
    }

    /// Never ends, and counts how often it was read.
    struct Endless(Arc<AtomicUsize>);

    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0.fetch_add(1, Ordering::SeqCst);
            out.fill(7);
            Ok(out.len())
        }
    }

    #[test]
    fn whoever_stops_in_the_middle_leaves_no_thread_waiting() {
        let reads = Arc::new(AtomicUsize::new(0));
        let mut blocks = Blocks::new(Box::new(Endless(Arc::clone(&reads))), 0);
        for _ in 0..3 {
            assert_eq!(blocks.next().unwrap().1, BLOCK);
        }
        drop(blocks);
        // Nobody else has it: the thread is gone.
        assert_eq!(Arc::strong_count(&reads), 1);
        assert!(reads.load(Ordering::SeqCst) >= 3);
    }

    #[test]
    fn a_panic_of_the_thread_is_one_of_whoever_waits_for_it() {
        let mut count = 0;
        let mut ahead = Ahead::new(move || {
            count += 1;
            assert!(count < 3, "this one breaks");
            Some(count)
        });
        assert_eq!(ahead.next(|_| false).unwrap(), Some(1));
        assert_eq!(ahead.next(|_| false).unwrap(), Some(2));
        let next = std::panic::AssertUnwindSafe(|| ahead.next(|_| false));
        assert!(std::panic::catch_unwind(next).is_err());
        assert_eq!(ahead.next(|_| false).unwrap(), None);
    }
}
