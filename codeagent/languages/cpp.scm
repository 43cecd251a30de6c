; C++: what its syntax means in the words of the graph.

; --- functions: declared here, defined anywhere
(function_definition type: (_) @return declarator: [
  (function_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
  (reference_declarator (function_declarator declarator: (identifier) @name))] body: (_) @scope (#set! flat "") (#set! flags "exported")) @definition.function
(declaration type: (_) @return declarator: [
  (function_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
  (reference_declarator (function_declarator declarator: (identifier) @name))] (#set! flags "exported abstract")) @definition.function
; in parentheses, where no macro of the name is meant; behind a macro that the grammar takes for the type
(function_definition type: (_) @return declarator: [
  (function_declarator declarator: (parenthesized_declarator (identifier) @name))
  (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name)))
  (function_declarator declarator: (function_declarator
    parameters: (parameter_list . (parameter_declaration type: (type_identifier) @name !declarator) .)))]
  body: (_) @scope (#set! flat "") (#set! flags "exported")) @definition.function
(declaration type: (_) @return declarator: [
  (function_declarator declarator: (parenthesized_declarator (identifier) @name))
  (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name)))
  (function_declarator declarator: (function_declarator
    parameters: (parameter_list . (parameter_declaration type: (type_identifier) @name !declarator) .)))]
  (#set! flags "exported abstract")) @definition.function

; --- types
(struct_specifier name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.struct
(union_specifier name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.struct
(enum_specifier name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.enum
(type_definition type: (struct_specifier !name body: (_) @scope) declarator: (type_identifier) @name (#set! flags "exported")) @definition.struct
(type_definition type: (union_specifier !name body: (_) @scope) declarator: (type_identifier) @name (#set! flags "exported")) @definition.struct
(type_definition type: (enum_specifier !name body: (_) @scope) declarator: (type_identifier) @name (#set! flags "exported")) @definition.enum
(type_definition type: [(type_identifier) (primitive_type) (struct_specifier name: (_)) (union_specifier name: (_)) (enum_specifier name: (_))] @type
  declarator: [(type_identifier) @name (pointer_declarator declarator: (type_identifier) @name)] (#set! flags "exported")) @definition.type
(enumerator name: (identifier) @name (#set! parent "outer") (#set! flags "exported")) @definition.constant
(field_declaration type: (_) @type declarator: [
  (field_identifier) @name
  (pointer_declarator declarator: (field_identifier) @name)
  (pointer_declarator declarator: (pointer_declarator declarator: (field_identifier) @name))
  (reference_declarator (field_identifier) @name)
  (array_declarator declarator: (field_identifier) @name)]) @definition.field
(preproc_function_def name: (identifier) @name (#set! flags "exported")) @definition.macro
(preproc_def name: (identifier) @name value: (_) (#set! flags "exported")) @definition.constant

; --- variables and parameters
(declaration type: (_) @type declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @name))
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: [
    (identifier) @name
    (pointer_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @name))
    (reference_declarator (identifier) @name)
    (array_declarator declarator: (identifier) @name)] value: (_) @value)]
  (#set! flags "exported")) @definition.variable
(parameter_declaration type: (_) @type declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @name))
  (reference_declarator (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))]) @parameter
((storage_class_specifier) @modifier (#set! hides "static"))
(expression_statement (assignment_expression left: (_) @target right: (_) @value)) @assignment

; --- expressions
((call_expression function: (_) @callee arguments: (argument_list [(_) @argument ","]*)) @call (#set! overloads ""))
(field_expression argument: (_) @base field: (field_identifier) @name) @expression.attribute
(pointer_expression argument: (_) @value) @expression.same
(parenthesized_expression (_) @value) @expression.same
(subscript_expression argument: (_) @base) @expression.item
(cast_expression type: (_) @type) @expression.cast
(type_descriptor type: (_) @value) @expression.same
(conditional_expression consequence: (_) @value alternative: (_) @value) @expression.any
(struct_specifier name: (_) @value !body) @expression.same
(union_specifier name: (_) @value !body) @expression.same
(enum_specifier name: (_) @value !body) @expression.same

; --- imports, results, decisions
(preproc_include path: [(string_literal) (system_lib_string)] @module (#set! star "")) @import
(return_statement (_) @value) @result
[(if_statement) (for_statement) (while_statement) (do_statement) (case_statement) (conditional_expression)] @complexity
(binary_expression ["&&" "||"]) @complexity
(comment) @comment

; --- C++: namespaces, classes and their members
(namespace_definition name: (_) @name body: (_) @scope (#set! reopens "") (#set! flags "exported")) @definition.namespace
(class_specifier name: (type_identifier) @name body: (_) @scope (#set! flags "exported")) @definition.class
([(class_specifier name: (qualified_identifier) @name body: (_) @scope) (struct_specifier name: (qualified_identifier) @name body: (_) @scope)]
  @definition.class (#set! flags "exported"))
(class_specifier name: (template_type name: (_) @name) body: (_) @scope (#set! flags "exported")) @definition.class
(struct_specifier name: (template_type name: (_) @name) body: (_) @scope (#set! flags "exported")) @definition.struct
(base_class_clause [(type_identifier) (template_type) (qualified_identifier)] @inherit)
(alias_declaration name: (type_identifier) @name type: (_) @type) @definition.type
(function_definition type: (_)? @return declarator: [
  (function_declarator declarator: [(field_identifier) (operator_name) (destructor_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: [(field_identifier) (operator_name)] @name))
  (reference_declarator (function_declarator declarator: [(field_identifier) (operator_name)] @name))]
  body: (_) @scope (#set! flags "exported") (#set! maker "")) @definition.method
((function_definition !type declarator: (function_declarator declarator: (identifier) @name) body: (_) @scope (#set! flags "exported")) @definition.constructor
  (#not-eq? @name "TEST") (#not-eq? @name "TEST_F") (#not-eq? @name "TEST_P") (#not-eq? @name "TYPED_TEST") (#not-eq? @name "TYPED_TEST_P"))
((function_definition !type declarator: (function_declarator declarator: (identifier) @_macro
  parameters: (parameter_list . (parameter_declaration type: (_) @owner) . (parameter_declaration type: (type_identifier) @name) .))
  body: (_) @scope (#set! flags "exported test")) @definition.method
  (#any-of? @_macro "TEST" "TEST_F" "TEST_P" "TYPED_TEST" "TYPED_TEST_P"))
(function_definition !type declarator: (function_declarator declarator: (identifier) @name) [(default_method_clause) (delete_method_clause)]
  (#set! flags "exported abstract")) @definition.constructor
(declaration !type declarator: (function_declarator declarator: (identifier) @name) (#set! flags "exported abstract")) @definition.constructor
(field_declaration type: (_) @return declarator: [
  (function_declarator declarator: [(field_identifier) (operator_name)] @name)
  (pointer_declarator declarator: (function_declarator declarator: [(field_identifier) (operator_name)] @name))
  (reference_declarator (function_declarator declarator: [(field_identifier) (operator_name)] @name))]
  (#set! flags "exported abstract") (#set! maker "")) @definition.method
(function_definition type: (_)? @return declarator: [
  (function_declarator declarator: (qualified_identifier scope: (_) @owner name: [(identifier) (destructor_name) (operator_name)] @name))
  (pointer_declarator declarator: (function_declarator declarator: (qualified_identifier scope: (_) @owner name: [(identifier) (operator_name)] @name)))
  (reference_declarator (function_declarator declarator: (qualified_identifier scope: (_) @owner name: [(identifier) (operator_name)] @name)))
  (function_declarator declarator: (qualified_identifier scope: (_) @outer name: (qualified_identifier scope: (_) @owner name: [(identifier) (destructor_name) (operator_name)] @name)))
  (function_declarator declarator: (qualified_identifier scope: (_) @outer name: (qualified_identifier scope: (_) @outer name: (qualified_identifier scope: (_) @owner name: [(identifier) (destructor_name) (operator_name)] @name))))
  (pointer_declarator declarator: (function_declarator declarator: (qualified_identifier scope: (_) @outer name: (qualified_identifier scope: (_) @owner name: [(identifier) (operator_name)] @name))))]
  body: (_) @scope (#set! flags "exported")) @definition.method
(optional_parameter_declaration type: (_) @type declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (reference_declarator (identifier) @name)] default_value: (_) @value) @parameter
(variadic_parameter_declaration type: (_) @type declarator: [
  (variadic_declarator (identifier) @name)
  (reference_declarator (variadic_declarator (identifier) @name))] (#set! variadic "")) @parameter
(for_range_loop type: [(type_identifier) (qualified_identifier) (template_type)] @type
  declarator: [(identifier) @name (reference_declarator (identifier) @name) (pointer_declarator declarator: (identifier) @name)]) @variable
(for_range_loop type: (placeholder_type_specifier)
  declarator: [(identifier) @name (reference_declarator (identifier) @name)] right: (_) @value (#set! each "")) @variable
((declaration type: (_) @type declarator: (init_declarator value: [(argument_list [(_) @argument ","]*) (initializer_list [(_) @argument ","]*)]))
  @expression.new (#set! overloads ""))

; --- C++: expressions
((template_type name: (type_identifier) @_name arguments: (template_argument_list . (type_descriptor) @value)) @expression.same
  (#any-of? @_name "unique_ptr" "shared_ptr" "weak_ptr" "optional" "reference_wrapper"))
((qualified_identifier name: (template_type name: (type_identifier) @_name
  arguments: (template_argument_list . (type_descriptor) @value))) @expression.same
  (#any-of? @_name "unique_ptr" "shared_ptr" "weak_ptr" "optional" "reference_wrapper"))
(field_expression argument: (_) @base field: [(template_method name: (_) @name) (dependent_name (_) @name)]) @expression.attribute
(qualified_identifier scope: (_) @base name: [(identifier) (type_identifier)] @name) @expression.attribute
(qualified_identifier scope: (_) @base name: (template_function name: (_) @name)) @expression.attribute
(qualified_identifier scope: (_) @base name: (template_type name: (_) @name arguments: (template_argument_list [(_) @argument ","]*))) @expression.attribute
(qualified_identifier scope: (_) @base name: (qualified_identifier) @value) @expression.nested
(qualified_identifier !scope name: (_) @value) @expression.same
(template_type name: (_) @base arguments: (template_argument_list [(_) @argument ","]*)) @expression.typed
(template_function name: (_) @base) @expression.typed
((call_expression function: (qualified_identifier name: (template_function name: (identifier) @_name
  arguments: (template_argument_list . (type_descriptor) @type)))) @expression.new
  (#any-of? @_name "make_unique" "make_shared"))
((call_expression function: (template_function name: (identifier) @_name
  arguments: (template_argument_list . (type_descriptor) @type))) @expression.cast
  (#any-of? @_name "static_cast" "dynamic_cast" "reinterpret_cast" "const_cast"))
((new_expression type: (_) @type arguments: (argument_list [(_) @argument ","]*)?) @expression.new (#set! overloads ""))
(this) @expression.self
([(string_literal) (raw_string_literal) (concatenated_string)] @expression.literal (#set! type "text"))
((char_literal) @expression.literal (#set! type "char"))
((number_literal) @expression.literal (#set! type "int") (#set! fraction "double") (#set! endings "f float F float l long L long u unsigned U unsigned"))
([(true) (false)] @expression.literal (#set! type "bool"))
((binary_expression ["==" "!=" "<" ">" "<=" ">=" "&&" "||"]) @expression.literal (#set! type "bool"))
((unary_expression "!") @expression.literal (#set! type "bool"))
((binary_expression left: (_) @value ["+" "-" "*" "/" "%"] right: (_) @value) @expression.operation (#set! wins "text double float long"))
(primitive_type) @expression.primitive
((sized_type_specifier) @expression.primitive (#set! type "long"))
(using_declaration "namespace" (_) @module (#set! star "") (#set! kind "namespace")) @import
[(catch_clause) (for_range_loop)] @complexity
[(identifier) (type_identifier) (namespace_identifier)] @read
(field_initializer (field_identifier) @read)
((field_initializer (field_identifier) @type (argument_list [(_) @argument ","]*)) @expression.new (#set! overloads ""))
(preproc_params (identifier) @skip)
(template_declaration (template_parameter_list [
    (type_parameter_declaration (type_identifier) @generic)
    (optional_type_parameter_declaration name: (type_identifier) @generic)
    (variadic_type_parameter_declaration (type_identifier) @generic)
    (parameter_declaration declarator: (identifier) @generic)])
  [(class_specifier) (struct_specifier) (function_definition) (declaration)] @of)
(type_parameter_declaration (type_identifier) @skip)
(friend_declaration (type_identifier) @skip)
(destructor_name (identifier) @skip)
((template_function name: (identifier) @skip) (#any-of? @skip "static_cast" "dynamic_cast" "reinterpret_cast" "const_cast"))

; --- `class EXPORT_MACRO Name { ... }` is no class to the grammar
(function_definition type: [(class_specifier !body) (struct_specifier !body)] declarator: (identifier) @name
  body: (compound_statement) @scope (#set! flags "exported")) @definition.class
(function_definition type: [(class_specifier !body) (struct_specifier !body)] (ERROR (identifier) @inherit))
