//! The memory that compiled code lies in.

use std::sync::{Arc, Mutex, PoisonError};

use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Module};

use super::context::Context;

/// Code that is entered: it gets the context, how many calls may nest, and the address of its slots.
pub(super) type Code = unsafe extern "C" fn(*mut Context, i64, *mut u64) -> i64;

/// The memory of one compiler's code. It is freed with the last reference.
pub(crate) struct Memory {
    /// Taken only at the end.
    module: Mutex<Option<JITModule>>,
}

/// Code that can be entered, and a reference to its memory.
#[derive(Clone)]
pub(crate) struct Start {
    pub(super) code: Code,
    _memory: Arc<Memory>,
}

impl Memory {
    pub(crate) fn new(module: JITModule) -> Arc<Self> {
        let module = Mutex::new(Some(module));
        Arc::new(Self { module })
    }

    /// Lets the compiler work on it.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut JITModule) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut module = self.module.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = || "the memory of the code is gone".to_string();
        work(module.as_mut().ok_or_else(gone)?)
    }

    /// Returns what enters a function of these that is complete and declared for that.
    pub(crate) fn start(self: &Arc<Self>, id: FuncId) -> Result<Start, String> {
        let address = self.with(|module| {
            let declared = &module.declarations().get_function_decl(id).signature;
            let counts = (declared.params.len(), declared.returns.len());
            if counts != (3, 1) {
                return Err("this function is not for entering".to_string());
            }
            module
                .finalize_definitions()
                .map_err(|error| error.to_string())?;
            Ok(module.get_finalized_function(id))
        })?;
        // SAFETY: the compiler declares functions with three parameters and one result only for entering: with this type.
        let code = unsafe { std::mem::transmute::<*const u8, Code>(address) };
        let _memory = self.clone();
        Ok(Start { code, _memory })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let module = self
            .module
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = module.take() {
            // SAFETY: whoever runs this code holds a `Start` of it, which refers to this memory.
            unsafe { module.free_memory() };
        }
    }
}
