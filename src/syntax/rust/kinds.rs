//! Node kinds of the grammar as an enum: comparing numbers is far cheaper than comparing names.

use std::sync::LazyLock;

use tree_sitter::Node;

macro_rules! kinds {
    ($($variant:ident = $name:literal,)*; $($token:ident = $text:literal,)*) => {
        /// The kinds of nodes that are told apart.
        #[allow(clippy::doc_markdown, reason = "the grammar's own names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind {
            $(#[doc = $name] $variant,)*
            $(#[doc = $text] $token,)*
            /// What the parser could not make sense of.
            Error,
            /// Any other named node.
            Other,
            /// Any other token.
            Token,
        }

        fn of(name: &str, is_named: bool) -> Kind {
            if is_named {
                match name { $($name => Kind::$variant,)* _ => Kind::Other }
            } else {
                match name { $($text => Kind::$token,)* _ => Kind::Token }
            }
        }
    };
}

kinds! {
    AbstractType = "abstract_type",
    Arguments = "arguments",
    Array = "array_expression",
    Assignment = "assignment_expression",
    AssociatedType = "associated_type",
    AsyncBlock = "async_block",
    Attribute = "attribute",
    AttributeItem = "attribute_item",
    Await = "await_expression",
    Binary = "binary_expression",
    Block = "block",
    BlockComment = "block_comment",
    Boolean = "boolean_literal",
    BoundedType = "bounded_type",
    Call = "call_expression",
    Cast = "type_cast_expression",
    Char = "char_literal",
    Closure = "closure_expression",
    CompoundAssignment = "compound_assignment_expr",
    ConstBlock = "const_block",
    ConstItem = "const_item",
    DeclarationList = "declaration_list",
    ElseClause = "else_clause",
    EmptyStatement = "empty_statement",
    EnumItem = "enum_item",
    EnumVariant = "enum_variant",
    EnumVariantList = "enum_variant_list",
    ExpressionStatement = "expression_statement",
    ExternCrate = "extern_crate_declaration",
    FieldDeclaration = "field_declaration",
    FieldDeclarationList = "field_declaration_list",
    FieldExpression = "field_expression",
    FieldIdentifier = "field_identifier",
    Float = "float_literal",
    For = "for_expression",
    ForeignMod = "foreign_mod_item",
    FunctionItem = "function_item",
    FunctionModifiers = "function_modifiers",
    FunctionSignature = "function_signature_item",
    FunctionType = "function_type",
    GenBlock = "gen_block",
    GenericFunction = "generic_function",
    GenericType = "generic_type",
    Identifier = "identifier",
    If = "if_expression",
    ImplItem = "impl_item",
    Index = "index_expression",
    InnerAttribute = "inner_attribute_item",
    Integer = "integer_literal",
    LetCondition = "let_condition",
    LetChain = "let_chain",
    LetDeclaration = "let_declaration",
    LineComment = "line_comment",
    Lifetime = "lifetime",
    Loop = "loop_expression",
    MacroDefinition = "macro_definition",
    MacroInvocation = "macro_invocation",
    Match = "match_expression",
    MatchArm = "match_arm",
    MatchBlock = "match_block",
    MatchPattern = "match_pattern",
    Metavariable = "metavariable",
    ModItem = "mod_item",
    MutPattern = "mut_pattern",
    Mutable = "mutable_specifier",
    NeverType = "never_type",
    OrderedFields = "ordered_field_declaration_list",
    Parameter = "parameter",
    Parameters = "parameters",
    Parenthesized = "parenthesized_expression",
    PointerType = "pointer_type",
    PrimitiveType = "primitive_type",
    RawString = "raw_string_literal",
    RefPattern = "ref_pattern",
    Reference = "reference_expression",
    ReferenceType = "reference_type",
    Return = "return_expression",
    ScopedIdentifier = "scoped_identifier",
    ScopedTypeIdentifier = "scoped_type_identifier",
    SelfName = "self",
    SelfParameter = "self_parameter",
    Shebang = "shebang",
    SourceFile = "source_file",
    StaticItem = "static_item",
    String = "string_literal",
    StructExpression = "struct_expression",
    StructItem = "struct_item",
    TokenTree = "token_tree",
    TraitBounds = "trait_bounds",
    TraitItem = "trait_item",
    Try = "try_expression",
    TryBlock = "try_block",
    Tuple = "tuple_expression",
    TupleType = "tuple_type",
    TypeArguments = "type_arguments",
    TypeBinding = "type_binding",
    TypeIdentifier = "type_identifier",
    TypeItem = "type_item",
    TypeParameters = "type_parameters",
    Unary = "unary_expression",
    UnionItem = "union_item",
    Unit = "unit_expression",
    UnitType = "unit_type",
    UnsafeBlock = "unsafe_block",
    UseDeclaration = "use_declaration",
    Visibility = "visibility_modifier",
    WhereClause = "where_clause",
    While = "while_expression",
    ;
    Async = "async",
    Comma = ",",
    Const = "const",
    Greater = ">",
    Less = "<",
    PathSeparator = "::",
    Semicolon = ";",
    ShiftRight = ">>",
    Unsafe = "unsafe",
}

impl Kind {
    pub(super) fn is_comment(self) -> bool {
        matches!(self, Kind::LineComment | Kind::BlockComment)
    }

    /// A definition or another statement that is not part of the flow around it.
    pub(super) fn is_item(self) -> bool {
        matches!(
            self,
            Kind::ConstItem
                | Kind::EnumItem
                | Kind::ExternCrate
                | Kind::ForeignMod
                | Kind::FunctionItem
                | Kind::FunctionSignature
                | Kind::ImplItem
                | Kind::MacroDefinition
                | Kind::ModItem
                | Kind::StaticItem
                | Kind::StructItem
                | Kind::TraitItem
                | Kind::TypeItem
                | Kind::AssociatedType
                | Kind::UnionItem
                | Kind::UseDeclaration
        )
    }

    /// Nothing inside, or nothing that happens.
    pub(super) fn is_leaf(self) -> bool {
        matches!(
            self,
            Kind::AttributeItem
                | Kind::Boolean
                | Kind::Char
                | Kind::FieldIdentifier
                | Kind::Float
                | Kind::Identifier
                | Kind::InnerAttribute
                | Kind::Integer
                | Kind::Lifetime
                | Kind::MatchPattern
                | Kind::Metavariable
                | Kind::Mutable
                | Kind::PrimitiveType
                | Kind::RawString
                | Kind::ScopedIdentifier
                | Kind::SelfName
                | Kind::String
                | Kind::TokenTree
                | Kind::Unit
        )
    }

    /// A type: nothing happens in it.
    pub(super) fn is_type(self) -> bool {
        matches!(
            self,
            Kind::AbstractType
                | Kind::BoundedType
                | Kind::FunctionType
                | Kind::GenericType
                | Kind::PointerType
                | Kind::ReferenceType
                | Kind::ScopedTypeIdentifier
                | Kind::TupleType
                | Kind::TypeArguments
                | Kind::TypeParameters
                | Kind::TypeIdentifier
        )
    }
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let language = tree_sitter::Language::from(tree_sitter_rust::LANGUAGE);
    let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
    (0..count)
        .map(|id| {
            let name = language.node_kind_for_id(id).unwrap_or_default();
            of(name, language.node_kind_is_named(id))
        })
        .collect()
});

/// The kind of `node`.
pub(super) fn kind(node: Node<'_>) -> Kind {
    KINDS.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Error)
}

macro_rules! fields {
    ($($field:ident = $name:literal,)*) => {
        /// The names of children that are looked up.
        #[allow(clippy::doc_markdown, reason = "the grammar's own names")]
        #[derive(Clone, Copy, Debug)]
        pub(super) enum Field {
            $(#[doc = $name] $field,)*
        }

        static FIELDS: LazyLock<Vec<u16>> = LazyLock::new(|| {
            let language = tree_sitter::Language::from(tree_sitter_rust::LANGUAGE);
            vec![$(language.field_id_for_name($name).map_or(0, std::num::NonZeroU16::get),)*]
        });
    };
}

fields! {
    Alternative = "alternative",
    Arguments = "arguments",
    Body = "body",
    Bounds = "bounds",
    Condition = "condition",
    Member = "field",
    Function = "function",
    Left = "left",
    Macro = "macro",
    Name = "name",
    Operator = "operator",
    Parameters = "parameters",
    Pattern = "pattern",
    ReturnType = "return_type",
    Right = "right",
    Trait = "trait",
    Type = "type",
    Value = "value",
}

fn id(field: Field) -> u16 {
    FIELDS.get(field as usize).copied().unwrap_or(0)
}

/// The child of `node` in `field`.
pub(super) fn child(node: Node<'_>, field: Field) -> Option<Node<'_>> {
    node.child_by_field_id(id(field))
}

/// Whether the node under `cursor` stands in `field` of its parent.
pub(super) fn is_in(cursor: &tree_sitter::TreeCursor<'_>, field: Field) -> bool {
    cursor.field_id().is_some_and(|found| found.get() == id(field))
}
