"""The rules of the house that a machine can see, each a function from a file to its violations.

``examples.yaml`` holds, for every rule, text that it must catch and text that it must leave alone.
"""

from collections.abc import Callable, Iterator

from tests.house import layout, python_rules, shape_rules, text_rules, type_rules, word_rules
from tests.house.tree import Source

Rule = Callable[[Source], Iterator[str]]

RULES: dict[str, Rule] = {
    "transactions end at the edges": python_rules.transactions_end_at_the_edges,
    "no float near money": python_rules.no_float_near_money,
    "business time comes from the clock": python_rules.business_time_comes_from_the_clock,
    "a migration imports no living code": python_rules.a_migration_imports_no_living_code,
    "middleware is pure ASGI": python_rules.middleware_is_pure_asgi,
    "no personal data in addresses": python_rules.no_personal_data_in_addresses,
    "nothing is unfinished or silenced": text_rules.nothing_is_unfinished_or_silenced,
    "what is so now is read from a view": text_rules.what_is_so_now_is_read_from_a_view,
    "no path of one machine": text_rules.no_path_of_one_machine,
    "no address of a package registry": text_rules.no_address_of_a_package_registry,
    "no county in product defaults": text_rules.no_county_in_product_defaults,
    "a file is at most 400 lines": text_rules.a_file_is_at_most_400_lines,
    "a module is not named by a participle": shape_rules.a_module_is_not_named_by_a_participle,
    "endpoints are HTTP only": shape_rules.endpoints_are_http_only,
    "the range of a division is made once": shape_rules.the_range_of_a_division_is_made_once,
    "texts are of the shared kinds": shape_rules.texts_are_of_the_shared_kinds,
    "the tail of a list is made once": shape_rules.the_tail_of_a_list_is_made_once,
    "a sentence holds words": word_rules.a_sentence_holds_words,
    "pure modules have no Any": type_rules.pure_modules_have_no_any,
    "no untyped row crosses a module": type_rules.no_untyped_row_crosses_a_module,
    "a noun's folder has the usual files": layout.a_nouns_folder_has_the_usual_files,
}
