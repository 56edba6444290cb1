//! CPython's own test cases as scripts: one test per numbered case, one file per group.
//!
//! What a case says differently from Python is in `docs/differences.md`, with the cases that are left out.

mod a_process_attributes; // 1 to 14
mod b_process_protocol; // 16 to 29
mod c_process_ends; // 31 to 44
mod d_locks; // 46 to 56
mod e_semaphores; // 58 to 64
mod f_condition; // 65 to 74
mod g_event; // 76 to 80
mod h_barrier; // 82 to 92
mod i_queue; // 94 to 110
mod j_pipe; // 112 to 134
mod k_shared; // 136 to 140
mod l_manager; // 145 to 152
mod o_threading; // 184 to 193
