//! A file's bytes in blocks, read while the block before is worked on.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Bytes of a block.
pub(super) const BLOCK: usize = 1 << 18;
/// So many blocks wait at most.
const WAITING: usize = 2;

/// A block, and how much of it there is after the room at its beginning.
type Block = (Vec<u8>, usize);

/// Gives blocks. The first is read at once, and the rest by a thread of its own, which a file of one block does not need.
pub(super) struct Blocks {
    /// Room that each block has at its beginning.
    room: usize,
    source: Source,
}

enum Source {
    Here(Box<dyn Read + Send>),
    Thread {
        blocks: Receiver<io::Result<Block>>,
        used: SyncSender<Vec<u8>>,
        thread: JoinHandle<()>,
    },
    Over,
}

impl Blocks {
    /// Each block has so much room before its bytes.
    pub(super) fn new(inner: Box<dyn Read + Send>, room: usize) -> Self {
        Self {
            room,
            source: Source::Here(inner),
        }
    }

    /// The next block. After the last one they are empty.
    pub(super) fn next(&mut self) -> io::Result<Block> {
        match std::mem::replace(&mut self.source, Source::Over) {
            Source::Here(mut inner) => {
                let mut block = vec![0; self.room + BLOCK];
                let length = fill(&mut inner, &mut block[self.room..])?;
                if length == BLOCK {
                    self.source = start(inner, self.room)?;
                }
                Ok((block, length))
            }
            Source::Thread {
                blocks,
                used,
                thread,
            } => match blocks.recv() {
                Ok(block) => {
                    let block = block?;
                    if block.1 == BLOCK {
                        self.source = Source::Thread {
                            blocks,
                            used,
                            thread,
                        };
                    }
                    Ok(block)
                }
                // It ends by itself only after the last block, so this is a defect, whichever thread it shows in.
                Err(_) => match thread.join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => Err(ErrorKind::UnexpectedEof.into()),
                },
            },
            Source::Over => Ok((vec![0; self.room], 0)),
        }
    }

    /// Takes a block back, to be filled again.
    pub(super) fn give_back(&self, block: Vec<u8>) {
        if let Source::Thread { used, .. } = &self.source
            && block.len() == self.room + BLOCK
        {
            // Where nobody wants it, or there are enough, it is dropped.
            let _ = used.try_send(block);
        }
    }
}

fn start(mut inner: Box<dyn Read + Send>, room: usize) -> io::Result<Source> {
    let (sender, blocks) = sync_channel(WAITING);
    let (used, free) = sync_channel::<Vec<u8>>(WAITING);
    let read = move || {
        loop {
            let mut block = free.try_recv().unwrap_or_else(|_| vec![0; room + BLOCK]);
            let filled = fill(&mut inner, &mut block[room..]);
            let is_last = !matches!(filled, Ok(BLOCK));
            let gone = sender.send(filled.map(|length| (block, length))).is_err();
            if is_last || gone {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new()
        .name("load".into())
        .spawn(read)?;
    Ok(Source::Thread {
        blocks,
        used,
        thread,
    })
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

    #[test]
    fn whoever_stops_in_the_middle_leaves_no_thread_waiting() {
        let mut blocks = Blocks::new(Box::new(io::repeat(7)), 0);
        for _ in 0..3 {
            assert_eq!(blocks.next().unwrap().1, BLOCK);
        }
        let Source::Thread {
            blocks,
            used,
            thread,
        } = blocks.source
        else {
            panic!("no thread")
        };
        drop((blocks, used));
        thread.join().unwrap();
    }
}
