//! The keeper itself: a thread that listens to the family and watches its processes. A [`Post`] for each object talks to the server.

use std::collections::HashMap;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use super::post::Post;
use super::talk::{Incoming, Order, WATCHED, Ward};
use crate::sys::{identity, process, random, socket};

/// How long it waits for somebody to watch over.
const FIRST: Duration = Duration::from_secs(10);

/// How long it goes on trying to tell servers of deaths when nobody of the family is left. Other keepers notice them then.
const LAST: Duration = Duration::from_secs(10);

/// The longest sleep, and the longest while nobody is left and the servers do not know yet.
const SLEEP_MAX: Duration = Duration::from_secs(60);
const SLEEP_LAST: Duration = Duration::from_millis(20);

/// A connection of a process of the family.
struct Client {
    stream: UnixStream,
    incoming: Incoming,
    process: i32,
}

struct Keeping {
    listener: UnixListener,
    /// The number of this keeper among all keepers.
    number: String,
    clients: Vec<Client>,
    /// The processes of the family, each with a descriptor that is readable when it has ended.
    processes: HashMap<i32, OwnedFd>,
    /// Which process a member belongs to.
    owners: HashMap<String, i32>,
    posts: Vec<Post>,
    /// Whether anybody has ever come.
    has_served: bool,
}

/// Keeps until nobody of the family is left who uses a server.
pub(crate) fn serve(listener: UnixListener) {
    if listener.set_nonblocking(true).is_err() {
        return;
    }
    let mut bytes = [0; 8];
    let _ = random::fill(&mut bytes);
    let random = u64::from_ne_bytes(bytes);
    let mut keeping = Keeping {
        listener,
        number: format!("{}-{}-{random:016x}", identity::host_name(), process::pid()),
        clients: Vec::new(),
        processes: HashMap::new(),
        owners: HashMap::new(),
        posts: Vec::new(),
        has_served: false,
    };
    let mut alone_since = Instant::now();
    loop {
        keeping.sleep();
        keeping.listen();
        keeping.note_deaths();
        keeping.posts.retain(|post| !post.is_idle());
        if !keeping.processes.is_empty() {
            alone_since = Instant::now();
            continue;
        }
        let (patience, is_done) = match keeping.posts.is_empty() {
            true => (FIRST, keeping.has_served),
            false => (LAST, false),
        };
        if is_done || alone_since.elapsed() > patience {
            return;
        }
    }
}

impl Keeping {
    /// Sleeps until somebody says something or dies.
    fn sleep(&self) {
        let limit = match self.processes.is_empty() {
            true => SLEEP_LAST,
            false => SLEEP_MAX,
        };
        let mut descriptors: Vec<BorrowedFd<'_>> = vec![self.listener.as_fd()];
        descriptors.extend(self.clients.iter().map(|client| client.stream.as_fd()));
        descriptors.extend(self.processes.values().map(AsFd::as_fd));
        if process::wait_readable(&descriptors, Some(limit)).is_err() {
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Accepts connections, and carries out orders.
    fn listen(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            let Ok((pid, user)) = socket::peer(&stream) else {
                continue;
            };
            if user != identity::user() || stream.set_nonblocking(true).is_err() {
                continue;
            }
            if let Ok(descriptor) = process::pidfd(pid) {
                self.processes.entry(pid).or_insert(descriptor);
            }
            self.clients.push(Client {
                stream,
                incoming: Incoming::default(),
                process: pid,
            });
        }
        let mut clients = std::mem::take(&mut self.clients);
        clients.retain_mut(|client| self.serve_client(client));
        self.clients = clients;
    }

    /// Returns whether the connection stays.
    fn serve_client(&mut self, client: &mut Client) -> bool {
        let stays = client.incoming.read(&mut client.stream).unwrap_or(false);
        loop {
            match client.incoming.next() {
                Ok(None) => return stays,
                Ok(Some(Order::Watch(ward))) => {
                    if !self.watch(ward, client.process) {
                        return false;
                    }
                    // Nobody who is gone needs an answer.
                    let _ = client.stream.write_all(&[WATCHED]);
                }
                Ok(Some(Order::Forget(member))) => self.forget(&member),
                Err(_) => return false,
            }
        }
    }

    /// Returns false when nobody can watch over it.
    fn watch(&mut self, ward: Ward, process: i32) -> bool {
        self.has_served = true;
        if !self.posts.iter().any(|post| post.is_of(&ward)) {
            match Post::start(&ward, &self.number) {
                Ok(post) => self.posts.push(post),
                Err(_) => return false,
            }
        }
        self.owners.insert(ward.member.clone(), process);
        if let Some(post) = self.posts.iter().find(|post| post.is_of(&ward)) {
            post.add(ward);
        }
        true
    }

    fn forget(&mut self, member: &str) {
        self.owners.remove(member);
        for post in &self.posts {
            post.forget(member);
        }
    }

    /// Notes which processes have ended: their members are dead.
    fn note_deaths(&mut self) {
        let all: Vec<(&i32, BorrowedFd<'_>)> = self
            .processes
            .iter()
            .map(|(pid, descriptor)| (pid, descriptor.as_fd()))
            .collect();
        let descriptors: Vec<_> = all.iter().map(|(_, descriptor)| *descriptor).collect();
        let Ok(ended) = process::wait_readable(&descriptors, Some(Duration::ZERO)) else {
            return;
        };
        let ended: Vec<i32> = all
            .iter()
            .zip(ended)
            .filter_map(|((pid, _), ended)| ended.then_some(**pid))
            .collect();
        for pid in &ended {
            self.processes.remove(pid);
            self.clients.retain(|client| client.process != *pid);
        }
        let Self {
            posts,
            owners,
            processes,
            ..
        } = self;
        for post in posts {
            let lives = |ward: &Ward| {
                let owner = owners.get(&ward.member);
                owner.is_some_and(|owner| processes.contains_key(owner))
            };
            for member in post.bury(lives) {
                owners.remove(&member);
            }
        }
    }
}
