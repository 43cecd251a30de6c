; C: what its syntax means in the words of the graph.

; --- functions: declared here, defined anywhere
(function_definition type: (_) @return declarator: [
  (function_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))] body: (_) @scope (#set! flat "") (#set! flags "exported")) @definition.function
(declaration type: (_) @return declarator: [
  (function_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))] (#set! flags "exported abstract")) @definition.function
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
    (array_declarator declarator: (identifier) @name)] value: (_) @value)]
  (#set! flags "exported")) @definition.variable
(parameter_declaration type: (_) @type declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @name))
  (array_declarator declarator: (identifier) @name)
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))]) @parameter
((storage_class_specifier) @modifier (#set! hides "static"))
(expression_statement (assignment_expression left: (_) @target right: (_) @value)) @assignment

; --- expressions
(call_expression function: (_) @callee) @call
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
[(identifier) (type_identifier)] @read
(preproc_params (identifier) @skip)
