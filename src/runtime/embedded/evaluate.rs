//! Values and errors of scripts on an engine that the host owns, as a runtime has them.

use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, Scope};
use serde::de::DeserializeOwned;

use crate::runtime::objects::{Arguments, Values, arguments};
use crate::runtime::{Error, ProcessPackage};

impl ProcessPackage {
    /// Evaluates a script within the package's [limits](Self::limited), with the variables of `scope`, and returns its value as [`Runtime::eval`](crate::Runtime::eval)
    /// does: whatever serde can read.
    ///
    /// # Errors
    /// Those of [`limited`](Self::limited) and [`error`](Self::error); [`Error::Conversion`].
    ///
    /// # Example
    /// ```
    /// use procscript::rhai::{Engine, Scope};
    /// use procscript::{Error, Runtime};
    ///
    /// let mut engine = Engine::new();
    /// let package = Runtime::builder().package()?;
    /// package.register_into_engine(&mut engine);
    /// let ast = package.compile(&engine, "main", "let q = Queue(); q.put([1, 2]); q.get()")?;
    /// assert_eq!(package.eval::<Vec<u8>>(&engine, &mut Scope::new(), &ast)?, [1, 2]);
    /// let ast = package.compile(&engine, "wrong", "throw ValueError(\"no\")")?;
    /// let error = package.eval::<()>(&engine, &mut Scope::new(), &ast).unwrap_err();
    /// assert!(error.to_string().contains("ValueError: no"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn eval<T: DeserializeOwned + 'static>(
        &self,
        engine: &Engine,
        scope: &mut Scope<'_>,
        ast: &AST,
    ) -> Result<T, Error> {
        self.value(ast, || engine.eval_ast_with_scope::<Dynamic>(scope, ast))
    }

    /// Calls a function of a script within the package's [limits](Self::limited). Arguments and result are converted as by
    /// [`Runtime::call_fn`](crate::Runtime::call_fn). The script's own statements do not run.
    ///
    /// # Errors
    /// Those of [`eval`](Self::eval). An argument that has no form in scripts is an [`Error::Conversion`] too.
    pub fn call_fn<T: DeserializeOwned + 'static>(
        &self,
        engine: &Engine,
        scope: &mut Scope<'_>,
        ast: &AST,
        name: &str,
        args: impl Arguments,
    ) -> Result<T, Error> {
        let args = arguments(self.interp(), &args)?;
        let options = CallFnOptions::new().eval_ast(false);
        self.value(ast, || {
            engine.call_fn_with_options::<Dynamic>(options, scope, ast, name, args)
        })
    }

    fn value<T: DeserializeOwned + 'static>(
        &self,
        ast: &AST,
        body: impl FnOnce() -> Result<Dynamic, Box<EvalAltResult>>,
    ) -> Result<T, Error> {
        let value = self.unlimited_or_limited(body)?;
        let value = value.map_err(|error| self.error(ast.source().unwrap_or_default(), &error))?;
        Ok(Values::of(self.interp()).value_or_nothing(value, "result")?)
    }

    /// Returns an error that has ended a script of this package, as a [`Runtime`](crate::Runtime) returns it: with the report that
    /// [`diagnose`](Self::diagnose) makes, or as [`Error::Exited`], [`Error::Limit`] or [`Error::Stopped`]. `script` is the name it was compiled with.
    ///
    /// `Error` also has a `From` of Rhai's errors, for `?`: the report has no source lines and no help then.
    pub fn error(&self, script: &str, error: &EvalAltResult) -> Error {
        Error::of_rhai(error, |error| self.diagnose(script, error))
    }
}
