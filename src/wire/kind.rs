//! The numbers of shared objects in messages. A number is never used again for something else.

pub(crate) const LOCK: u16 = 1;
pub(crate) const QUEUE: u16 = 2;
pub(crate) const JOINABLE_QUEUE: u16 = 3;
pub(crate) const RLOCK: u16 = 4;
pub(crate) const CONDITION: u16 = 10;
pub(crate) const EVENT: u16 = 11;
pub(crate) const SIMPLE_QUEUE: u16 = 12;
pub(crate) const SEMAPHORE: u16 = 13;
pub(crate) const BARRIER: u16 = 14;
pub(crate) const RAW_VALUE: u16 = 20;
pub(crate) const RAW_ARRAY: u16 = 21;
pub(crate) const MANAGER: u16 = 22;
pub(crate) const MANAGED: u16 = 23;
pub(crate) const CONNECTION: u16 = 30;
pub(crate) const TICKET: u16 = 40;
pub(crate) const POOL_BOARD: u16 = 50;
pub(crate) const PROCESS: u16 = 60;
