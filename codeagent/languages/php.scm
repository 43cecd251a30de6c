; PHP: what its syntax means in the words of the graph.

; --- definitions
(class_declaration name: (name) @name body: (_) @scope (#set! flags "exported")) @definition.class
(interface_declaration name: (name) @name body: (_) @scope (#set! flags "exported")) @definition.interface
(trait_declaration name: (name) @name body: (_) @scope (#set! flags "exported")) @definition.trait
(enum_declaration name: (name) @name body: (_) @scope (#set! flags "exported")) @definition.enum
(enum_case name: (name) @name (#set! flags "exported")) @definition.enum-member
(function_definition name: (name) @name return_type: (_)? @return body: (_) @scope (#set! flags "exported")) @definition.function
(method_declaration name: (name) @name return_type: (_)? @return body: (_)? @scope (#set! flags "exported")) @definition.method
(const_element (name) @name . (_) @value (#set! flags "exported")) @definition.constant
(property_declaration type: (_)? @type (property_element name: (variable_name (name) @name) default_value: (_)? @value)
  (#set! flags "exported")) @definition.field
(property_promotion_parameter type: (_)? @type name: (variable_name (name) @name) (#set! parent "outer")) @definition.field

; --- their headers
(namespace_definition name: (_) @package)
(property_promotion_parameter type: (_)? @type name: (variable_name) @name) @parameter
(simple_parameter type: (_)? @type name: (variable_name) @name default_value: (_)? @value) @parameter
(variadic_parameter type: (_)? @type name: (variable_name) @name (#set! variadic "")) @parameter
(method_declaration (visibility_modifier) @modifier)
(property_declaration (visibility_modifier) @modifier)
(const_declaration (visibility_modifier) @modifier)
(static_modifier) @modifier
(abstract_modifier) @modifier
(attribute (_) @name) @decoration
(base_clause (_) @inherit)
(class_interface_clause (_) @inherit)
(use_declaration (_) @inherit)

; --- variables
(assignment_expression left: (variable_name) @name right: (_) @value) @variable
(foreach_statement . (_) @value . (variable_name) @name (#set! each "")) @variable
(foreach_statement . (_) @value . (pair (_) (variable_name) @name) (#set! each "")) @variable
(foreach_statement . (_) . (pair . (variable_name) @name)) @variable
(catch_clause type: (type_list . (_) @type) name: (variable_name) @name) @variable
(list_literal (variable_name) @name) @variable
(static_variable_declaration name: (variable_name) @name value: (_)? @value) @variable
(assignment_expression left: [(member_access_expression) (scoped_property_access_expression) (subscript_expression)] @target
  right: (_) @value) @assignment

; --- expressions
(function_call_expression function: [(name) (qualified_name) (variable_name) (member_access_expression) (parenthesized_expression)] @callee
  arguments: (arguments [(argument (_) @argument) ","]*)) @call
(member_call_expression object: (_) @receiver name: (name) @name arguments: (arguments [(argument (_) @argument) ","]*)) @call
(nullsafe_member_call_expression object: (_) @receiver name: (name) @name arguments: (arguments [(argument (_) @argument) ","]*)) @call
(scoped_call_expression scope: (_) @receiver name: (name) @name arguments: (arguments [(argument (_) @argument) ","]*)) @call
(member_access_expression object: (_) @base name: (name) @name) @expression.attribute
(nullsafe_member_access_expression object: (_) @base name: (name) @name) @expression.attribute
(scoped_property_access_expression scope: (_) @base name: (variable_name (name) @name)) @expression.attribute
(class_constant_access_expression . (_) @base (name) @name .) @expression.attribute
(object_creation_expression . (_) @type (arguments [(argument (_) @argument) ","]*)?) @expression.new
(subscript_expression . (_) @base) @expression.item
(parenthesized_expression (_) @value) @expression.same
(clone_expression (_) @value) @expression.same
(named_type (_) @value) @expression.same
(optional_type (_) @value) @expression.same
(union_type . (_) @value) @expression.same
(conditional_expression body: (_) @value alternative: (_) @value) @expression.any
(binary_expression left: (_) @value "??" right: (_) @value) @expression.any
(qualified_name prefix: (_) @module (name) @name .) @expression.import
(qualified_name . (name) @value .) @expression.same
((variable_name) @expression.self (#eq? @expression.self "$this"))
((relative_scope) @expression.super (#eq? @expression.super "parent"))
((relative_scope) @expression.class (#any-of? @expression.class "self" "static"))
((name) @expression.class (#any-of? @expression.class "self" "static"))
(variable_name (name) @skip)
(property_element name: (variable_name) @skip)
(scoped_property_access_expression name: (variable_name) @skip)
[(name) (variable_name)] @read

; --- imports
(namespace_use_declaration (namespace_use_clause . (name) @module) @import)
(namespace_use_declaration (namespace_use_clause . (qualified_name) @module (#set! split "\\")) @import)
(namespace_use_declaration (namespace_use_clause . (qualified_name) @module alias: (name) @alias (#set! split "\\")) @import)
(namespace_use_declaration (namespace_name) @module body: (namespace_use_group (namespace_use_clause . (name) @name) @import))
(namespace_use_declaration (namespace_name) @module body: (namespace_use_group
  (namespace_use_clause . (name) @name alias: (name) @alias) @import))
(require_once_expression (_) @module (#set! star "")) @import
(require_expression (_) @module (#set! star "")) @import
(include_expression (_) @module (#set! star "")) @import
(include_once_expression (_) @module (#set! star "")) @import

; --- results and decisions
(return_statement (_) @value) @result
[(if_statement) (else_if_clause) (for_statement) (foreach_statement) (while_statement) (do_statement) (case_statement)
 (catch_clause) (conditional_expression) (match_conditional_expression)] @complexity
(binary_expression ["&&" "||" "and" "or" "??"]) @complexity
(comment) @comment
