//! What Python's special methods mean, by the data model's protocols.

use super::words::{article, spell};

/// The summary of a special method of `owner` (its noun, `rest` being the spelt parameters).
/// `{o}` stands for the owner with `the`, `{a}` for the owner with `a`.
fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "__new__" => "create a new instance of {o}",
        "__del__" => "release {o} when it is finalized",
        "__repr__" => "return a string representation of {o} for debugging",
        "__str__" => "return {o} as a string",
        "__bytes__" => "return {o} as bytes",
        "__format__" => "format {o} according to a format specification",
        "__lt__" => "return whether {o} is less than another",
        "__le__" => "return whether {o} is less than or equal to another",
        "__eq__" => "return whether {o} is equal to another object",
        "__ne__" => "return whether {o} differs from another object",
        "__gt__" => "return whether {o} is greater than another",
        "__ge__" => "return whether {o} is greater than or equal to another",
        "__hash__" => "return the hash of {o}",
        "__bool__" | "__nonzero__" => "return the truth value of {o}",
        "__getattr__" => "return an attribute of {o} that was not found otherwise",
        "__getattribute__" => "return an attribute of {o}",
        "__setattr__" => "set an attribute of {o}",
        "__delattr__" => "delete an attribute of {o}",
        "__dir__" => "list the names of the attributes of {o}",
        "__get__" => "return the value of {o} on an instance",
        "__set__" => "set the value of {o} on an instance",
        "__delete__" => "delete the value of {o} from an instance",
        "__set_name__" => "record the name under which {o} is assigned",
        "__init_subclass__" => "prepare a new subclass of {o}",
        "__instancecheck__" => "return whether an object counts as an instance of {o}",
        "__subclasscheck__" | "__subclasshook__" => {
            "return whether a class counts as a subclass of {o}"
        }
        "__class_getitem__" => "return {o} parameterized by the given types",
        "__prepare__" => "return the namespace for the body of a new class",
        "__call__" => "call {o}",
        "__len__" => "return the number of items in {o}",
        "__length_hint__" => "estimate the number of items in {o}",
        "__getitem__" => "return an item of {o} by its {p}",
        "__setitem__" => "set an item of {o} by its {p}",
        "__delitem__" => "delete an item from {o} by its {p}",
        "__missing__" => "return a value for a key that is missing from {o}",
        "__iter__" => "iterate over {o}",
        "__next__" => "return the next item of {o}",
        "__aiter__" => "iterate asynchronously over {o}",
        "__anext__" => "return the next item of {o} asynchronously",
        "__reversed__" => "iterate over {o} in reverse order",
        "__contains__" => "return whether {o} contains the given {p}",
        "__add__" => "add another object to {o}",
        "__radd__" => "add {o} to another object",
        "__iadd__" => "add another object to {o} in place",
        "__sub__" => "subtract another object from {o}",
        "__rsub__" => "subtract {o} from another object",
        "__isub__" => "subtract another object from {o} in place",
        "__mul__" | "__rmul__" => "multiply {o} by another object",
        "__imul__" => "multiply {o} by another object in place",
        "__matmul__" | "__rmatmul__" => "multiply {o} as a matrix",
        "__truediv__" => "divide {o} by another object",
        "__rtruediv__" => "divide another object by {o}",
        "__floordiv__" => "divide {o} by another object, rounding down",
        "__rfloordiv__" => "divide another object by {o}, rounding down",
        "__mod__" => "return the remainder of dividing {o}",
        "__rmod__" => "return the remainder of dividing by {o}",
        "__divmod__" | "__rdivmod__" => "return the quotient and remainder of a division of {o}",
        "__pow__" => "raise {o} to a power",
        "__rpow__" => "raise another object to the power of {o}",
        "__lshift__" => "shift {o} to the left",
        "__rshift__" => "shift {o} to the right",
        "__and__" | "__rand__" => "combine {o} and another object by `&`",
        "__iand__" => "combine {o} in place with another object by `&`",
        "__or__" | "__ror__" => "combine {o} and another object by `|`",
        "__ior__" => "combine {o} in place with another object by `|`",
        "__xor__" | "__rxor__" => "combine {o} and another object by `^`",
        "__neg__" => "return the negation of {o}",
        "__pos__" => "return {o} with the unary plus applied",
        "__abs__" => "return the absolute value of {o}",
        "__invert__" => "return the inversion of {o}",
        "__complex__" => "return {o} as a complex number",
        "__int__" => "return {o} as an integer",
        "__float__" => "return {o} as a float",
        "__index__" => "return {o} as an integer for use as an index",
        "__round__" => "return {o} rounded",
        "__trunc__" => "return {o} truncated to an integer",
        "__floor__" => "return {o} rounded down",
        "__ceil__" => "return {o} rounded up",
        "__enter__" => "enter the context of {o}",
        "__exit__" => "exit the context of {o}",
        "__aenter__" => "enter the asynchronous context of {o}",
        "__aexit__" => "exit the asynchronous context of {o}",
        "__await__" => "return an iterator that awaits {o}",
        "__copy__" => "return a shallow copy of {o}",
        "__deepcopy__" => "return a deep copy of {o}",
        "__reduce__" | "__reduce_ex__" => "return what is needed to pickle {o}",
        "__getstate__" => "return the state of {o} for pickling",
        "__setstate__" => "restore {o} from a pickled state",
        "__getnewargs__" | "__getnewargs_ex__" => {
            "return the arguments that recreate {o} on unpickling"
        }
        "__sizeof__" => "return the size of {o} in bytes",
        "__fspath__" => "return the file system path of {o}",
        "__post_init__" => "complete the initialization of {o}",
        "__html__" => "return {o} as HTML",
        _ => return None,
    })
}

/// The summary phrase, imperative, without capital and full stop.
pub(super) fn summary(name: &str, owner: &str, first_parameter: Option<&str>) -> Option<String> {
    let template = meaning(name)?;
    let subject = if owner.is_empty() { "the object".to_owned() } else { format!("the {owner}") };
    let parameter = match first_parameter {
        Some(name) if name.len() > 1 => spell(name),
        _ if template.contains("contains") => "item".to_owned(),
        _ => "key".to_owned(),
    };
    let with_article = format!("{} {owner}", article(owner));
    Some(template.replace("{o}", &subject).replace("{a}", &with_article).replace("{p}", &parameter))
}

/// What a parameter of a special method is, by the protocol and the position.
pub(super) fn parameter(method: &str, name: &str, index: usize) -> Option<&'static str> {
    Some(match (method, index) {
        ("__exit__" | "__aexit__", _) => match (name.trim_matches('_'), index) {
            (_, 0) => "The type of the exception that ended the context, or `None`.",
            (_, 1) => "The exception that ended the context, or `None`.",
            (_, 2) => "The traceback of the exception that ended the context, or `None`.",
            _ => return None,
        },
        ("__eq__" | "__ne__" | "__lt__" | "__le__" | "__gt__" | "__ge__", 0) => {
            "The object to compare with."
        }
        ("__getitem__", 0) if name != "index" => "The key of the item to return.",
        ("__setitem__", 0) => "The key of the item to set.",
        ("__delitem__", 0) => "The key of the item to delete.",
        ("__setitem__", 1) => "The new value of the item.",
        ("__contains__", 0) => "The item to look for.",
        ("__missing__", 0) => "The key that is missing.",
        ("__getattr__" | "__getattribute__", 0) => "The name of the attribute to return.",
        ("__setattr__", 0) => "The name of the attribute to set.",
        ("__delattr__", 0) => "The name of the attribute to delete.",
        ("__get__" | "__delete__" | "__set__", 0) => {
            "The instance that the attribute is accessed on."
        }
        ("__get__", 1) => "The class that the attribute is accessed on.",
        ("__set__" | "__setattr__", 1) => "The new value of the attribute.",
        ("__set_name__", 0) => "The class that owns the attribute.",
        ("__set_name__", 1) => "The name of the attribute.",
        ("__instancecheck__", 0) => "The object to check.",
        ("__subclasscheck__" | "__subclasshook__", 0) => "The class to check.",
        ("__format__", 0) => "The format specification.",
        ("__deepcopy__", 0) => {
            "The copies that were already made, by the identity of the original."
        }
        ("__reduce_ex__", 0) => "The version of the pickle protocol.",
        ("__setstate__", 0) => "The state to restore.",
        ("__class_getitem__", 0) => "The types to parameterize with.",
        ("__round__", 0) => "The number of digits to round to.",
        ("__pow__" | "__ipow__", 0) => "The exponent.",
        _ if method.len() > 6 && name == "other" => "The other operand.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_protocols() {
        for (name, parameter, expected) in [
            ("__len__", None, "return the number of items in the table"),
            ("__getitem__", Some("index"), "return an item of the table by its index"),
            ("__contains__", Some("x"), "return whether the table contains the given item"),
            ("__iter__", None, "iterate over the table"),
        ] {
            assert_eq!(summary(name, "table", parameter).as_deref(), Some(expected));
        }
        assert_eq!(summary("__unknown__", "table", None), None);
    }
}
