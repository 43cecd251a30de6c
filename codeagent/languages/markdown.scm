; Markdown: its headings as symbols.

((section . (atx_heading heading_content: (_) @name)) @definition.namespace (#set! prose ""))
((section . (setext_heading heading_content: (_) @name)) @definition.namespace (#set! prose ""))
