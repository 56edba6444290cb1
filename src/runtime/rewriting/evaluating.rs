//! `eval(text)`: as Rhai's own, but the text is changed as the rest of the program is, so that `f(x)` calls what the variable `f` holds.

use rhai::{
    Dynamic, Engine, EvalAltResult, EvalContext, Expr, ImmutableString, ParseErrorType, Position,
    StmtBlock,
};

use super::natives;
use crate::program::bodies::Body;
use crate::program::compiling;
use crate::program::rewriting::{EVAL, Functions, Names, Outside, put_into};
use crate::script::exceptions::{Exception, Failure, throw};

/// Lets an engine run such calls.
pub(super) fn register(engine: &mut Engine) {
    let _ = engine.register_custom_syntax_handler(EVAL, true, |context, _, state| {
        let argument = state.read_lock::<Body>().map(|body| body.0.clone());
        argument.map_or(Ok(Dynamic::UNIT), |argument| run(context, &argument))
    });
}

fn run(context: &mut EvalContext, argument: &Expr) -> Result<Dynamic, Failure> {
    let text = context.eval_expression_tree(&argument.into())?;
    let at = argument.position();
    let text = text.into_immutable_string().map_err(|found| {
        EvalAltResult::ErrorMismatchDataType("string".into(), found.to_string(), at)
    })?;
    let before = (context.scope().len(), imports(context));
    context.global_runtime_state_mut().level += 1;
    let result = evaluate(context, text.trim());
    let after = (context.scope().len(), imports(context));
    let global = context.global_runtime_state_mut();
    global.level -= 1;
    if before != after {
        // The parser has counted the variables that it saw.
        global.always_search_scope = true;
    }
    let source = global.source.as_deref().unwrap_or_default().to_string();
    result.map_err(|error| match *error {
        EvalAltResult::Exit(..) => error,
        _ => EvalAltResult::ErrorInFunctionCall("eval".into(), source, error, at).into(),
    })
}

fn imports(context: &EvalContext) -> usize {
    context.global_runtime_state().num_imports()
}

fn evaluate(context: &mut EvalContext, text: &str) -> Result<Dynamic, Failure> {
    if text.is_empty() {
        return Ok(Dynamic::UNIT);
    }
    let ast = compiling::parse(context.engine(), &text.into())
        .map_err(|error| not_parsed(&error, text))?;
    if ast.has_functions() {
        return Err(ParseErrorType::WrongFnDefinition.into());
    }
    let has_variable = |name: &str| context.scope().contains(name);
    let functions = |names: &Names| {
        let mut found = natives(context.engine(), names);
        found.extend(of_script(context, names));
        found
    };
    let outside = Outside {
        has_variable: &has_variable,
        functions: &functions,
        lends: &|_| None,
    };
    let whole = put_into(ast.clone(), &outside).unwrap_or(ast);
    let (start, end) = (Position::NONE, Position::NONE);
    let block = StmtBlock::new(whole.statements().to_vec(), start, end);
    let block = Expr::Stmt(block.into());
    // What it declares stays.
    #[allow(deprecated)]
    let result = context.eval_expression_tree_raw(&(&block).into(), false);
    result.or_else(|error| match *error {
        EvalAltResult::Return(value, _) => Ok(value),
        _ => Err(error),
    })
}

/// The name of the text in messages, where Python says `<string>`.
const NAME: &str = "<eval>";

/// Returns the exception for a text that cannot be parsed: its place is in the text, not in the script.
fn not_parsed(error: &rhai::ParseError, text: &str) -> Failure {
    let place = error.position();
    let (line, column) = (place.line().unwrap_or(1), place.position().unwrap_or(1));
    let problem = error.err_type().to_string();
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    let message = format!("{problem} ({NAME}, line {line})");
    let exception = Exception::new("SyntaxError", vec![message.into()]);
    let number = |number: usize| Dynamic::from_int(i64::try_from(number).unwrap_or(i64::MAX));
    let attributes: [(&str, Dynamic); 5] = [
        ("msg", problem.into()),
        ("lineno", number(line)),
        ("offset", number(column)),
        ("filename", NAME.into()),
        ("text", shown.to_string().into()),
    ];
    let attributes = attributes.map(|(name, value)| (name.into(), value));
    throw(exception.with_attributes(attributes.into_iter().collect()))
}

/// Returns the functions of the script with these names.
fn of_script(context: &EvalContext, names: &Names) -> Functions {
    let functions = context.iter_namespaces();
    let functions = functions.flat_map(|library| library.iter_script_fn_info());
    let named = functions.filter(|(_, _, name, ..)| names.contains(*name));
    named
        .map(|(_, _, name, count, _)| (ImmutableString::from(name), count))
        .collect()
}
