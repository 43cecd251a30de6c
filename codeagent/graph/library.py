"""What methods of outside collections give, by their names, whatever the language."""

from typing import Final

AWAITED: Final = frozenset({"Task", "ValueTask", "Deferred", "Future"})  # types whose argument awaiting them gives
# methods that give some or all of the same elements
VIEWS: Final = frozenset(
    "values copy fromkeys __iter__ iter into_iter iter_mut values_mut stream parallelStream iterator listIterator "
    "filter slice concat sorted distinct limit skip takeWhile dropWhile subList findFirst findAny reversed "
    "filterNot filterNotNull sortedBy sortedByDescending sortedWith toList toMutableList toSet asSequence take drop "
    "takeLast dropLast distinctBy onEach sortBy sortWith toSeq toVector toArray reverse shuffled prefix suffix "
    "dropFirst select reject sort_by sort uniq compact each each_with_index Where OrderBy OrderByDescending ThenBy "
    "Skip Take Distinct Reverse ToList ToArray ToHashSet AsEnumerable".split()
)
# methods that give one of the elements
TAKERS: Final = frozenset(
    "get pop setdefault popleft popitem at first last find next __next__ __getitem__ unwrap getFirst getLast orElse "
    "orElseThrow orElseGet poll pollFirst pollLast element getOrDefault computeIfAbsent getValue "
    "firstOrNull lastOrNull single singleOrNull getOrNull maxByOrNull minByOrNull random elementAt removeAt "
    "removeFirst removeLast head headOption lastOption getOrElse popLast randomElement detect sample shift fetch "
    "min_by max_by First FirstOrDefault Last LastOrDefault Single SingleOrDefault ElementAt Find Dequeue Pop "
    "Peek".split()
)
