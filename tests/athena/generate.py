"""Random SQL over the made-up logs of `logs.py`: what Athena and DuckDB share, kind by kind, and how it is made smaller.

A statement is a tree of `Node`s. Each knows its type and what may stand in its place, so that a statement on which two
engines disagree can be cut down without knowing SQL: what is no statement any more is refused by both and not taken.

What is not generated, because the engines mean different things by it on purpose:
- text that reads as a number or as a time: here it compares as one (DESIGN.md, "SQL keeps SQL's meaning");
- a division by zero, which ends a query at Athena: divisors are constants, or stand in `nullif(…, 0)`;
- decimals: constants with a fraction are written as doubles (`1.5E0`);
- scalar subqueries of several rows, which end a query at Athena;
- rows whose order is not total before `LIMIT`, `lag`, `array_agg` and the like.
"""

import random

from logs import TABLES, TEXTS

CONSTANTS = {
    "int": ["NULL", "1", "0"],
    "float": ["NULL", "0.5E0"],
    "text": ["NULL", "'a'"],
    "bool": ["NULL", "TRUE", "FALSE"],
    "time": ["NULL", "TIMESTAMP '2026-03-05 01:00:00'"],
}
TYPES = ["int", "float", "text", "bool", "time"]


class Node:
    """A piece of a statement: text and smaller pieces. `instead` is what may stand in its place."""

    def __init__(self, type, *parts, instead=()):
        self.type = type
        self.parts = list(parts)
        self.instead = list(instead)

    def sql(self, there=False):
        """The text, as it is here or as it is carried over from."""
        return "".join(p if isinstance(p, str) else p.sql(there) for p in self.parts)

    def smaller(self):
        """Other nodes for this place, the smallest first."""
        yield from (Node(self.type, text) for text in CONSTANTS.get(self.type, []) if self.parts != [text])
        yield from self.instead
        yield from (p for p in self.parts if isinstance(p, Node) and p.type == self.type)


class Items(Node):
    """Pieces with something between them, of which some can be left out."""

    def __init__(self, items, between=", ", least=1):
        super().__init__("items", *items)
        self.between, self.least = between, least

    def sql(self, there=False):
        return self.between.join(p.sql(there) for p in self.parts)

    def smaller(self):
        if len(self.parts) > self.least:
            for at in range(len(self.parts)):
                yield Items(self.parts[:at] + self.parts[at + 1 :], self.between, self.least)


class Whole(Node):
    """A division of whole numbers, which DuckDB has a sign of its own for."""

    def sql(self, there=False):
        left, right = (p.sql(there) for p in self.parts)
        return f"whole({left}, {right})" if there else f"({left} / {right})"


def optional(*parts):
    return Node("clause", *parts, instead=[Node("clause", "")])


class Column:
    """What an expression may be made of: a column by its name, or a piece that stands elsewhere too (the key of a group),
    which then changes in all its places at once."""

    def __init__(self, name, type, node=None):
        self.name, self.type, self.made = name, type, node

    def node(self):
        return self.made or Node(self.type, self.name)


class Source:
    """Something that stands in FROM: how it is written there, its columns, those that are unique together."""

    def __init__(self, node, alias, columns, unique=None):
        self.node, self.alias, self.columns, self.unique = node, alias, columns, unique


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0
        # How deep subqueries may still nest in conditions.
        self.inner = 0

    # --- chance

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def fresh(self, letter):
        self.names += 1
        return f"{letter}{self.names}"

    # --- what stands in FROM

    def table(self, names=None):
        table = self.pick(names or list(TABLES))
        alias = self.fresh("t")
        columns = [Column(f"{alias}.{name}", type) for name, type, _ in TABLES[table]]
        unique = [columns[0]]
        return Source(Node("from", f"{table} {alias}"), alias, columns, unique)

    def plain_table(self):
        """A table without an alias: its columns go by their names alone."""
        table = self.pick(list(TABLES))
        columns = [Column(name, type) for name, type, _ in TABLES[table]]
        return Source(Node("from", table), table, columns, [columns[0]])

    def any_table(self):
        return self.plain_table() if self.chance(0.5) else self.table()

    def derived(self, depth=0):
        """A query in FROM."""
        alias = self.fresh("q")
        query, types = self.subselect(depth)
        columns = [Column(f"{alias}.{name}", type) for name, type in types]
        return Source(Node("from", "(", query, f") {alias}"), alias, columns)

    # --- values

    def type_of(self, scope, types=TYPES):
        """A type, rather one that the scope has columns of: constants say little."""
        held = [c.type for c in scope if c.type in types]
        return self.pick(held) if held and self.chance(0.9) else self.pick(types)

    def value(self, type, scope, depth=2):
        """An expression of a type over the columns of a scope."""
        columns = [c for c in scope if c.type == type]
        if depth <= 0 or self.chance(0.25):
            if columns and self.chance(0.9):
                return self.pick(columns).node()
            return self.constant(type)
        sub = lambda t=type: self.value(t, scope, depth - 1)
        choices = [
            lambda: Node(type, "coalesce(", sub(), ", ", sub(), ")"),
            lambda: Node(type, "nullif(", sub(), ", ", sub(), ")"),
            lambda: self.case(type, scope, depth - 1),
            lambda: self.case_of(type, scope, depth - 1),
            lambda: Node(type, "if(", self.condition(scope, depth - 1), ", ", sub(), ", ", sub(), ")"),
        ]
        if type in ("int", "float"):
            operator = self.pick(["+", "-", "*", "+", "-"])
            choices += 2 * [
                lambda: Node(type, "(", sub(), f" {operator} ", sub(), ")"),
                lambda: self.divided(type, sub(), self.divisor(type, scope, depth - 1)),
                lambda: Node(type, "abs(", sub(), ")"),
                lambda: Node(type, "-(", sub(), ")"),
                lambda: Node(type, self.pick(["greatest(", "least("]), sub(), ", ", sub(), ")"),
            ]
        if type == "int":
            choices += [
                lambda: Node(type, "(", sub(), " % ", self.divisor(type, scope, depth - 1), ")"),
                lambda: Node(type, "length(", sub("text"), ")"),
            ]
        if type == "float":
            choices += [
                lambda: Node(type, "CAST(", sub("int"), " AS double)"),
                lambda: Node(type, "(", sub("float"), " + ", sub("int"), ")"),
                lambda: Node(type, "round(", sub(), ")"),
            ]
        if type == "text":
            # From the first letter on: what stands behind it may read as a number.
            size = self.random.randint(0, 3)
            choices += 2 * [
                lambda: Node(type, "(", sub(), " || ", sub(), ")"),
                lambda: Node(type, self.pick(["upper(", "lower("]), sub(), ")"),
                lambda: Node(type, "substr(", sub(), f", 1, {size})"),
                lambda: Node(type, "replace(", sub(), ", ", quoted(self.pick(TEXTS)), ", 'o')"),
                lambda: Node(type, "('n' || CAST(", sub("int"), " AS varchar))"),
            ]
        if type == "bool":
            return self.condition(scope, depth)
        return self.pick(choices)()

    def divided(self, type, left, right):
        return Whole(type, left, right) if type == "int" else Node(type, "(", left, " / ", right, ")")

    def divisor(self, type, scope, depth):
        if self.chance(0.5):
            return Node(type, self.pick(["2", "3", "7"]) + ("E0" if type == "float" else ""), instead=[])
        return Node("divisor", "nullif(", self.value(type, scope, depth), ", 0)", instead=[Node("divisor", "2")])

    def constant(self, type, null=True):
        if null and self.chance(0.12):
            return Node(type, "NULL")
        text = {
            "int": lambda: str(self.pick([0, 1, 2, 3, 4, 5, 7, -1, -2, 100])),
            "float": lambda: self.pick(["0.0E0", "0.5E0", "1.25E0", "2.5E0", "-1.5E0"]),
            "text": lambda: quoted(self.pick(TEXTS + ["", "q"])),
            "bool": lambda: self.pick(["TRUE", "FALSE"]),
            "time": lambda: f"TIMESTAMP '2026-03-05 0{self.random.randint(0, 3)}:00:0{self.random.randint(0, 3)}'",
        }[type]()
        return Node(type, text)

    def case(self, type, scope, depth):
        arms = []
        for _ in range(self.random.randint(1, 3)):
            arms.append(Node("arm", " WHEN ", self.condition(scope, depth), " THEN ", self.value(type, scope, depth)))
        otherwise = [optional(" ELSE ", self.value(type, scope, depth))] if self.chance(0.6) else []
        return Node(type, "CASE", Items(arms, ""), *otherwise, " END")

    def case_of(self, type, scope, depth):
        of = self.type_of(scope, ["int", "text"])
        arms = []
        for _ in range(self.random.randint(1, 3)):
            arms.append(Node("arm", " WHEN ", self.value(of, scope, depth), " THEN ", self.value(type, scope, depth)))
        otherwise = [optional(" ELSE ", self.value(type, scope, depth))] if self.chance(0.6) else []
        return Node(type, "CASE ", self.value(of, scope, depth), Items(arms, ""), *otherwise, " END")

    # --- conditions

    def condition(self, scope, depth=2):
        sub = lambda: self.condition(scope, depth - 1)
        if depth > 0 and self.chance(0.55):
            return self.pick(
                [
                    lambda: Node("bool", "(", sub(), " AND ", sub(), ")"),
                    lambda: Node("bool", "(", sub(), " OR ", sub(), ")"),
                    lambda: Node("bool", "(NOT ", sub(), ")"),
                ]
            )()
        if self.inner and self.chance(0.4):
            return self.subquery_condition(scope)
        type = self.type_of(scope)
        of = lambda t=type: self.value(t, scope, depth - 1)
        no = self.pick(["", "NOT "])

        def compared():
            return Node("bool", "(", of(), f" {self.pick(['=', '<>', '!=', '<', '<=', '>', '>='])} ", of(), ")")

        def bare():
            columns = [c for c in scope if c.type == "bool"]
            return self.pick(columns).node() if columns else compared()

        def mixed():
            return Node("bool", "(", of("int"), f" {self.pick(['=', '<', '>=', '<>'])} ", of("float"), ")")

        return self.pick(
            [
                compared,
                compared,
                compared,
                mixed,
                bare,
                lambda: self.members(type, scope, no, depth),
                lambda: Node("bool", "(", of(), f" {no}BETWEEN ", of(), " AND ", of(), ")"),
                lambda: self.like(scope, no, depth),
                lambda: Node("bool", "(", of(), f" IS {no}NULL)"),
                lambda: Node("bool", "(", of(), f" IS {no}DISTINCT FROM ", of(), ")"),
                lambda: self.case("bool", scope, depth - 1),
                lambda: Node("bool", "coalesce(", self.condition(scope, depth - 1), ", ", of("bool"), ")"),
                lambda: Node("bool", "(", of("bool"), f" {self.pick(['=', '<>'])} ", of("bool"), ")"),
            ]
        )()

    def members(self, type, scope, no, depth):
        items = [self.constant(type) if self.chance(0.7) else self.value(type, scope, depth - 1) for _ in range(self.random.randint(1, 4))]
        return Node("bool", "(", self.value(type, scope, depth - 1), f" {no}IN (", Items(items), "))")

    def like(self, scope, no, depth):
        pattern = "".join(self.pick(["%", "_", "a", "b", "A", "é", "ab", "%"]) for _ in range(self.random.randint(0, 4)))
        escape = ""
        if self.chance(0.4):
            sign = self.pick(["\\", "!", "#"])
            pattern = pattern.replace(sign, "") + sign + self.pick(["%", "_", sign]) + self.pick(["", "%", "b"])
            escape = f" ESCAPE '{sign}'"
        return Node("bool", "(", self.value("text", scope, depth - 1), f" {no}LIKE {quoted(pattern)}{escape})")

    # --- aggregates

    def aggregate(self, type, scope, depth=1, filtered=True, over=False, spread=False):
        """An aggregate whose value is of a type; time and truth have fewer of them. `over` a window there is no DISTINCT.
        `spread`: also those whose last digits depend on the order of the rows, which may not be compared or sorted by."""
        of = lambda t=type: self.value(t, scope, depth)
        if type == "int":
            any = lambda: of(self.type_of(scope))
            choices = [
                lambda: Node(type, "count(*)"),
                lambda: Node(type, "count(", any(), ")"),
                lambda: Node(type, "count(" if over else "count(DISTINCT ", any(), ")"),
                lambda: Node(type, "count_if(", self.condition(scope, depth), ")"),
                lambda: Node(type, "sum(", of(), ")"),
                lambda: Node(type, "min(", of(), ")"),
                lambda: Node(type, "max(", of(), ")"),
            ]
        elif type == "float":
            choices = [
                lambda: Node(type, "avg(", of(self.type_of(scope, ["int", "float"])), ")"),
                lambda: Node(type, "sum(", of(), ")"),
                lambda: Node(type, "min(", of(), ")"),
                lambda: Node(type, "max(", of(), ")"),
            ]
            if spread:
                choices.append(lambda: Node(type, self.pick(["stddev(", "variance("]), of(self.type_of(scope, ["int", "float"])), ")"))
        elif type == "bool":
            choices = [lambda: Node(type, self.pick(["bool_and(", "bool_or("]), self.condition(scope, depth), ")")]
        else:
            choices = [lambda: Node(type, self.pick(["min(", "max("]), of(), ")")]
        node = self.pick(choices)()
        if filtered and self.chance(0.25):
            return Node(type, node, optional(" FILTER (WHERE ", self.condition(scope, depth), ")"))
        return node

    def over_aggregates(self, type, scope, groups):
        """A value over aggregates and the keys of the groups, as stands after SELECT and HAVING of a grouped query."""
        made = []
        for t in ["int", "int", "float", "text"]:
            made.append(Column("", t, self.aggregate(t, scope)))
        return self.value(type, made + groups, 2)

    # --- selects

    def columns_of(self, scope, make=None, types=None, most=4):
        """The list after SELECT, each with a name, and the names with their types."""
        make = make or (lambda t: self.value(t, scope))
        types = types or [self.type_of(scope) for _ in range(self.random.randint(1, most))]
        return named([(make(t), t) for t in types])

    def where(self, scope, share=0.5, depth=2):
        return [optional(" WHERE ", self.condition(scope, depth))] if self.chance(share) else []

    def subselect(self, depth=0, types=None, form=None):
        """A query whose rows have no order, with its columns: what stands in FROM, in WITH, in set operations."""
        source = self.derived(depth - 1) if depth > 0 and self.chance(0.6) else self.any_table()
        form = form or self.pick(["rows", "rows", "rows", "distinct", "groups", "one"])
        return self.select(source, form, types)

    def select(self, source, form, types=None):
        scope = source.columns
        if form == "groups":
            return self.grouped(source, types=types)
        make = (lambda t: self.aggregate(t, scope)) if form == "one" else None
        items, named_types = self.columns_of(scope, make, types)
        distinct = [optional("DISTINCT ")] if form == "distinct" else []
        return Node("query", "SELECT ", *distinct, items, " FROM ", source.node, *self.where(scope)), named_types

    def key(self, type, scope, depth):
        """A key of groups: with a column in it, because a constant would be the place of another key."""
        for _ in range(20):
            node = self.value(type, scope, depth)
            if any(c.name in node.sql() for c in scope):
                return node
        columns = [c for c in scope if c.type == type]
        column = self.pick(columns or scope).node()
        return column if column.type == type else Node(type, "CASE WHEN ", column, " IS NULL THEN ", self.constant(type), " END")

    def grouped(self, source, types=None, having=0.4, by=None):
        """A query with GROUP BY; `by` writes its keys in a form of its own."""
        scope = source.columns
        types = types or [self.type_of(scope) for _ in range(self.random.randint(2, 5))]
        keys = types[: max(1, min(len(types) - 1, self.random.randint(1, 2)))]
        keys = [(self.key(t, scope, self.pick([0, 0, 1])), t) for t in keys]
        groups = [Column("", t, k) for k, t in keys]
        rest = [
            (self.over_aggregates(t, scope, groups) if self.chance(0.3) else self.aggregate(t, scope), t)
            for t in types[len(keys) :]
        ]
        items, named_types = named(keys + rest)
        if by:
            by = by([k for k, _ in keys])
        elif self.chance(0.4):
            by = Items([Node("key", str(at + 1)) for at in range(len(keys))])
        else:
            by = Items([Node("key", k) for k, _ in keys])
        clauses = []
        if self.chance(having):
            clauses = [optional(" HAVING ", self.over_aggregates("bool", scope, groups))]
        query = Node(
            "query", "SELECT ", items, " FROM ", source.node, *self.where(scope, 0.3), " GROUP BY ", by, *clauses
        )
        return query, named_types

    def direction(self):
        return self.pick(["", " DESC", " ASC"]) + self.pick(["", "", " NULLS FIRST", " NULLS LAST"])

    def order(self, keys, last, limit=0.7):
        """ORDER BY some keys, then those that make the order total, and LIMIT."""
        some = Items([Node("key", k, self.direction()) for k in keys], "", 0)
        for at, part in enumerate(some.parts):
            some.parts[at] = Node("key", part, ", ")
        total = ", ".join(k + self.direction() for k in last)
        rows = [optional(f" LIMIT {self.pick([0, 1, 2, 3, 5, 10, 30])}")] if self.chance(limit) else []
        return Node("order", " ORDER BY ", some, total, *rows)

    # --- subqueries in conditions

    def subquery_condition(self, scope):
        self.inner -= 1
        node = self.pick([self.in_query, self.in_query, self.exists, self.exists_correlated, self.compared_to_query])(scope)
        self.inner += 1
        return node

    def in_query(self, scope):
        type = self.type_of(scope)
        query, _ = self.subselect(0, [type])
        no = self.pick(["", "NOT "])
        return Node("bool", "(", self.value(type, scope, 1), f" {no}IN (", query, "))")

    def exists(self, scope):
        query, _ = self.subselect(0, form=self.pick(["rows", "rows", "groups"]))
        return Node("bool", f"({self.pick(['', 'NOT '])}EXISTS (", query, "))")

    def pairs(self, left, right):
        """Columns of one type on both sides, rather those that have few values."""
        all = [(a, b) for a in left for b in right if a.type == b.type and not a.name.endswith("_id") and not b.name.endswith("_id")]
        return [p for p in all if p[0].type in ("int", "text")] or all

    def correlated(self, scope, inner):
        """Conditions that tie a subquery to a row of the query around it, and others of its own."""
        a, b = self.pick(self.pairs(scope, inner.columns))
        sides = [b.node(), " = ", a.node()]
        tie = Node("tie", *(sides if self.chance(0.5) else sides[::-1]))
        if self.chance(0.25) and (more := self.pairs(scope, inner.columns)):
            a, b = self.pick(more)
            tie = Node("tie", tie, optional(" AND ", b.node(), " = ", a.node()))
        own = [optional(" AND ", self.condition(inner.columns, 1))] if self.chance(0.5) else []
        return Node("tie", tie, *own)

    def exists_correlated(self, scope):
        inner = self.table()
        if not self.pairs(scope, inner.columns):
            return self.exists(scope)
        no = self.pick(["", "NOT "])
        return Node("bool", f"({no}EXISTS (SELECT {self.pick(['1', '*', 'NULL'])} FROM ", inner.node, " WHERE ", self.correlated(scope, inner), "))")

    def one_value(self, type):
        """A scalar subquery: one row, or none."""
        source = self.any_table()
        scope = source.columns
        if self.chance(0.6):
            return Node(type, "(SELECT ", self.aggregate(type, scope), " FROM ", source.node, *self.where(scope), ")")
        value = self.value(type, scope, 1)
        return Node(type, "(SELECT ", value, " FROM ", source.node, *self.where(scope), f" ORDER BY {source.unique[0].name} LIMIT 1)")

    def one_value_correlated(self, type, scope):
        inner = self.table()
        if not self.pairs(scope, inner.columns):
            return self.one_value(type)
        return Node(type, "(SELECT ", self.aggregate(type, inner.columns), " FROM ", inner.node, " WHERE ", self.correlated(scope, inner), ")")

    def compared_to_query(self, scope):
        type = self.type_of(scope, ["int", "float", "text"])
        return Node("bool", "(", self.value(type, scope, 1), f" {self.pick(['=', '<>', '<', '>='])} ", self.one_value(type), ")")

    # --- joins

    def joined(self, kinds, count=2, derived=0.0, extra=0.4):
        sources = [self.derived() if self.chance(derived) else self.table() for _ in range(count)]
        if self.chance(0.25):
            # One table, and so one set of names, on both sides.
            name = self.pick(list(TABLES))
            sources = [self.table([name]) for _ in range(count)]
        node, scope = sources[0].node, list(sources[0].columns)
        for source in sources[1:]:
            kind = self.pick(kinds)
            pairs = self.pairs(scope, source.columns)
            if kind == "CROSS":
                node = Node("from", node, " CROSS JOIN ", source.node)
            else:
                on = [Node("bool", "TRUE")]
                if pairs:
                    a, b = self.pick(pairs)
                    on = [Node("on", a.node(), " = ", b.node()) if self.chance(0.6) else Node("on", b.node(), " = ", a.node())]
                if pairs and self.chance(0.2):
                    a, b = self.pick(pairs)
                    on.append(optional(" AND ", a.node(), " = ", b.node()))
                if self.chance(extra):
                    side = self.pick([scope, source.columns, scope + source.columns])
                    on.append(optional(" AND ", self.condition(side, 1)))
                node = Node("from", node, f" {kind}JOIN ", source.node, " ON ", *on)
            scope = scope + source.columns
        return Source(node, "", scope, [s.unique[0] for s in sources if s.unique])

    def join_query(self, source, form=None):
        form = form or self.pick(["rows", "rows", "rows", "groups", "one", "distinct"])
        return self.select(source, form)[0]

    # --- set operations

    def set_operation(self, types, depth=2, operators=("UNION", "UNION ALL", "EXCEPT", "INTERSECT")):
        def side():
            if depth > 1 and self.chance(0.4):
                return Node("query", "(", self.set_operation(types, depth - 1, operators), ")")
            return self.subselect(0, types)[0]

        node = side()
        for _ in range(self.pick([1, 1, 2])):
            # `INTERSECT` binds more tightly than the others: brackets are left out on purpose.
            node = Node("query", node, f" {self.pick(operators)} ", side())
        return node

    def few_types(self):
        return self.random.choices(["int", "text", "text", "bool", "float", "time"], k=self.random.randint(1, 3))

    # --- windows

    def window(self, scope, unique, what=None):
        """A window function with its type."""
        what = what or self.pick(["rank", "offset", "aggregate"])
        partition = [optional("PARTITION BY ", self.value(self.type_of(scope, ["int", "text", "bool"]), scope, self.pick([0, 0, 1])))] if self.chance(0.6) else []
        keys = [Node("key", self.key(self.type_of(scope), scope, self.pick([0, 0, 1])), self.direction()) for _ in range(self.random.randint(1, 2))]
        ties = Node("order", " ORDER BY ", Items(keys))
        total = Node("order", " ORDER BY ", Items([Node("key", k, ", ") for k in keys], "", 0), unique, self.direction())
        if what == "rank":
            call, type, order = self.pick(
                [("row_number()", "int", total), ("rank()", "int", ties), ("dense_rank()", "int", ties)]
            )
            return Node(type, f"{call} OVER (", *partition, order, ")"), type
        type = self.type_of(scope)
        if what == "offset":
            of = self.value(type, scope, self.pick([0, 1]))
            form = self.pick(["lag", "lead", "first_value", "last_value"])
            frame = []
            more = []
            if form in ("lag", "lead"):
                if self.chance(0.5):
                    more = [f", {self.pick([0, 1, 2, 3])}"] + ([optional(", ", self.constant(type))] if self.chance(0.5) else [])
            elif self.chance(0.6):
                frame = [optional(self.frame())]
            return Node(type, f"{form}(", of, *more, ") OVER (", *partition, total, *frame, ")"), type
        type = self.pick(["int", "int", "float", "text", "time"])
        aggregate = self.aggregate(type, scope, 0, filtered=False, over=True)
        form = self.pick(["all", "ties", "rows"])
        order = {"all": [], "ties": [optional(ties)], "rows": [Node("order", total, optional(self.frame()))]}[form]
        return Node(type, aggregate, " OVER (", *partition, *order, ")"), type

    def frame(self):
        start = self.pick(["UNBOUNDED PRECEDING", "2 PRECEDING", "1 PRECEDING", "CURRENT ROW", "1 FOLLOWING"])
        ends = ["CURRENT ROW", "1 FOLLOWING", "3 FOLLOWING", "UNBOUNDED FOLLOWING"]
        if start == "1 FOLLOWING":
            ends = ends[1:]
        if "PRECEDING" in start:
            if start != "CURRENT ROW" and self.chance(0.3):
                return f" ROWS {start}"
            ends.append("1 PRECEDING")
        return f" ROWS BETWEEN {start} AND {self.pick(ends)}"


def named(values):
    items, types = [], []
    for at, (node, type) in enumerate(values):
        items.append(Node("item", node, f" AS c{at}"))
        types.append((f"c{at}", type))
    return Items(items), types


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


# --- the kinds of statements


class Statement:
    """A statement, whether its rows have an order, whether the items of its lists have one."""

    def __init__(self, node, ordered=False, lists=False):
        self.node, self.ordered, self.lists = node, ordered, lists


def kind_where(g):
    source = g.any_table()
    items, _ = g.columns_of(source.columns, lambda t: g.value(t, source.columns, 0))
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, " WHERE ", g.condition(source.columns, 3)))


def kind_conditions(g):
    source = g.any_table()
    items, _ = g.columns_of(source.columns, lambda _: g.condition(source.columns, 2))
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(source.columns, 0.3)))


def kind_values(g):
    source = g.any_table()
    items, _ = g.columns_of(source.columns, lambda t: g.value(t, source.columns, 3))
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(source.columns, 0.3)))


def kind_aggregates(g):
    source = g.any_table()
    items, _ = g.columns_of(source.columns, lambda t: g.aggregate(t, source.columns, filtered=False, spread=True))
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(source.columns, 0.5)))


def kind_filter(g):
    source = g.any_table()

    def filtered(t):
        return Node(t, g.aggregate(t, source.columns, filtered=False, spread=True), " FILTER (WHERE ", g.condition(source.columns, 2), ")")

    items, _ = g.columns_of(source.columns, filtered)
    if g.chance(0.5):
        key = g.key(g.type_of(source.columns), source.columns, 0)
        return Statement(Node("query", "SELECT ", key, " AS k, ", items, " FROM ", source.node, " GROUP BY ", key))
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(source.columns, 0.3)))


def kind_group(g):
    return Statement(g.grouped(g.any_table(), having=0)[0])


def kind_having(g):
    source = g.any_table()
    if g.chance(0.2):
        condition = g.over_aggregates("bool", source.columns, [])
        items, _ = g.columns_of(source.columns, lambda t: g.aggregate(t, source.columns))
        return Statement(Node("query", "SELECT ", items, " FROM ", source.node, " HAVING ", condition))
    return Statement(g.grouped(source, having=1)[0])


def kind_order(g):
    source = g.any_table()
    scope = source.columns
    if g.chance(0.3):
        query, types = g.grouped(source)
        keys = [n for n, _ in types]
        return Statement(Node("query", query, g.order([], g.random.sample(keys, len(keys)))), ordered=True)
    items, types = g.columns_of(scope)
    keys = []
    for _ in range(g.random.randint(1, 3)):
        form = g.pick(["expression", "name", "place"])
        at = g.random.randrange(len(types))
        keys.append(
            {
                "expression": lambda: g.key(g.type_of(scope), scope, 1),
                "name": lambda: Node("name", types[at][0]),
                "place": lambda: Node("name", str(at + 1)),
            }[form]()
        )
    order = g.order(keys, [source.unique[0].name])
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3), order), ordered=True)


def kind_distinct(g):
    source = g.any_table()
    items, types = g.columns_of(source.columns)
    query = Node("query", "SELECT DISTINCT ", items, " FROM ", source.node, *g.where(source.columns, 0.3))
    if g.chance(0.4):
        names = [n for n, _ in types]
        return Statement(Node("query", query, g.order([], g.random.sample(names, len(names)))), ordered=True)
    return Statement(query)


def kind_distinct_star(g):
    query, types = g.subselect(0)
    query = Node("query", "SELECT DISTINCT * FROM (", query, ") q", *g.where([Column(n, t) for n, t in types], 0.4))
    return Statement(query)


def kind_star(g):
    query, types = g.subselect(1)
    return Statement(Node("query", "SELECT * FROM (", query, ") q", *g.where([Column(n, t) for n, t in types], 0.4)))


def kind_from_query(g):
    return Statement(g.select(g.derived(1), g.pick(["rows", "groups", "one", "distinct"]))[0])


def kind_from_limited(g):
    source = g.any_table()
    items, types = g.columns_of(source.columns)
    order = g.order([g.key(g.type_of(source.columns), source.columns, 0)], [source.unique[0].name], 1)
    inner = Node("query", "SELECT ", items, " FROM ", source.node, *g.where(source.columns, 0.3), order)
    derived = Source(Node("from", "(", inner, ") q"), "q", [Column(f"q.{n}", t) for n, t in types])
    return Statement(g.select(derived, g.pick(["rows", "groups", "one"]))[0])


def with_query(g, name, types=None, names=0.2):
    """`name AS (query)` and its columns, which may get other names."""
    query, types = g.subselect(0, types)
    if g.chance(names):
        renamed = [(f"n{at}", t) for at, (_, t) in enumerate(types)]
        return Node("with", f"{name} ({', '.join(n for n, _ in renamed)}) AS (", query, ")"), renamed
    return Node("with", f"{name} AS (", query, ")"), types


def kind_with(g):
    first, types = with_query(g, "w")
    source = Source(Node("from", "w"), "w", [Column(n, t) for n, t in types])
    body = g.select(source, g.pick(["rows", "groups", "one", "distinct"]))[0]
    return Statement(Node("query", "WITH ", first, " ", body))


def kind_with_twice(g):
    first, types = with_query(g, "w")
    form = g.pick(["join", "union", "in", "scalar", "chain"])
    side = lambda alias: Source(Node("from", f"w {alias}"), alias, [Column(f"{alias}.{n}", t) for n, t in types])
    a, b = side("a"), side("b")
    if form == "join":
        name = g.pick(types)[0]
        kind = g.pick(["", "LEFT ", "INNER "])
        node = Node("from", a.node, f" {kind}JOIN ", b.node, f" ON a.{name} = b.{name}")
        body = g.select(Source(node, "", a.columns + b.columns), g.pick(["rows", "groups", "one"]))[0]
    elif form == "union":
        only = [t for _, t in types]
        operator = g.pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])
        body = Node("query", g.select(a, "rows", only)[0], f" {operator} ", g.select(b, "rows", only)[0])
    elif form == "in":
        name, type = g.pick(types)
        no = g.pick(["", "NOT "])
        inner = Node("query", f"SELECT b.{name} FROM ", b.node, *g.where(b.columns))
        items, _ = g.columns_of(a.columns)
        body = Node("query", "SELECT ", items, " FROM ", a.node, f" WHERE a.{name} {no}IN (", inner, ")")
    elif form == "scalar":
        items, _ = g.columns_of(a.columns)
        body = Node("query", "SELECT ", items, ", (SELECT count(*) FROM ", b.node, *g.where(b.columns), ") AS n FROM ", a.node)
    else:
        items, more = g.columns_of(a.columns)
        second = Node("with", "v AS (SELECT ", items, " FROM ", a.node, *g.where(a.columns), ")")
        c = Source(Node("from", "v c"), "c", [Column(f"c.{n}", t) for n, t in more])
        body = g.select(c, g.pick(["rows", "groups", "one"]))[0]
        return Statement(Node("query", "WITH ", first, ", ", second, " ", body))
    return Statement(Node("query", "WITH ", first, " ", body))


def with_condition(make):
    """A kind whose WHERE holds one form of subquery, alone or beside other conditions."""

    def kind(g):
        source = g.table() if make == Generator.exists_correlated else g.any_table()
        scope = source.columns
        condition = make(g, scope)
        form = g.pick(["alone", "and", "or", "not"])
        if form == "not":
            condition = Node("bool", "NOT ", condition)
        if form in ("and", "or"):
            condition = Node("bool", "(", condition, f" {form.upper()} ", g.condition(scope, 1), ")")
        if g.chance(0.3):
            items, _ = g.columns_of(scope, lambda t: g.aggregate(t, scope, filtered=False))
        else:
            items, _ = g.columns_of(scope, lambda t: g.value(t, scope, 1))
        return Statement(Node("query", "SELECT ", items, " FROM ", source.node, " WHERE ", condition))

    return kind


def kind_scalar(g):
    source = g.any_table()
    scope = source.columns
    values = [g.pick([lambda t=t: g.one_value(t), lambda t=t: g.value(t, scope, 1)])() for t in ["int", "text", "float"]]
    values[g.random.randrange(3)] = g.one_value("int")
    items, _ = named([(v, v.type) for v in values])
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3)))


def kind_scalar_correlated(g):
    source = g.table()
    scope = source.columns
    type = g.pick(TYPES)
    value = g.one_value_correlated(type, scope)
    if g.chance(0.3):
        condition = Node("bool", g.value(type, scope, 1), f" {g.pick(['=', '<', '>='])} ", value)
        items, _ = g.columns_of(scope, lambda t: g.value(t, scope, 1))
        return Statement(Node("query", "SELECT ", items, " FROM ", source.node, " WHERE ", condition))
    items, _ = named([(value, type), (source.unique[0].node(), "text")])
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3)))


def kind_conditions_as_values(g):
    """Subqueries of conditions after SELECT, where unknown is told from false."""
    source = g.table()
    scope = source.columns
    makers = [g.in_query, g.in_query, g.exists, g.exists_correlated, g.compared_to_query]
    items, _ = g.columns_of(scope, lambda _: g.pick(makers)(scope), most=2)
    return Statement(Node("query", "SELECT ", items, f", {source.unique[0].name} AS id FROM ", source.node))


def set_kind(*operators):
    def kind(g):
        types = g.few_types()
        query = g.set_operation(types, g.pick([1, 1, 2]), operators)
        names = [f"c{at}" for at in range(len(types))]
        form = g.pick(["plain", "plain", "order", "from"])
        if form == "order":
            return Statement(Node("query", query, g.order([], g.random.sample(names, len(names)))), ordered=True)
        if form == "from":
            source = Source(Node("from", "(", query, ") q"), "q", [Column(f"q.{n}", t) for n, t in zip(names, types)])
            return Statement(g.select(source, g.pick(["groups", "one", "rows"]))[0])
        return Statement(query)

    return kind


def join_kind(kinds, count=2, derived=0.0, extra=0.4):
    return lambda g: Statement(g.join_query(g.joined(kinds, count, derived, extra)))


def kind_join_names(g):
    """Columns of one name on both sides of a join, shown with and without another name."""
    name = g.pick(list(TABLES))
    a, b = g.table([name]), g.table([name])
    key = g.pick([c for c in a.columns[1:] if c.type in ("int", "text")]).name.split(".")[1]
    kind = g.pick(["", "LEFT ", "RIGHT ", "FULL "])
    node = Node("from", a.node, f" {kind}JOIN ", b.node, f" ON {a.alias}.{key} = {b.alias}.{key}")
    return Statement(g.join_query(Source(node, "", a.columns + b.columns)))


def kind_join_using(g):
    name = g.pick(list(TABLES))
    a, b = g.table([name]), g.table([name])
    key = g.pick([c for c in a.columns[1:] if c.type in ("int", "text")])
    kind = g.pick(["", "LEFT ", "RIGHT ", "FULL "])
    bare = key.name.split(".")[1]
    node = Node("from", a.node, f" {kind}JOIN ", b.node, f" USING ({bare})")
    columns = [c for c in a.columns + b.columns if not c.name.endswith("." + bare)] + [Column(bare, key.type)]
    return Statement(g.join_query(Source(node, "", columns)))


def kind_values_list(g):
    types = g.few_types()
    rows = Items([Node("row", "(", Items([g.constant(t) for t in types], least=9), ")") for _ in range(g.random.randint(1, 5))])
    for at, type in enumerate(types):
        # A column of NULLs alone has no type.
        rows.parts[0].parts[1].parts[at] = g.constant(type, False)
    names = [f"c{at}" for at in range(len(types))]
    source = Source(Node("from", "(VALUES ", rows, f") AS v ({', '.join(names)})"), "v", [Column(n, t) for n, t in zip(names, types)])
    form = g.pick(["alone", "from", "from", "join"])
    if form == "alone":
        return Statement(Node("query", "VALUES ", rows))
    if form == "join":
        other = g.table()
        source.columns = [Column(f"v.{c.name}", c.type) for c in source.columns]
        if pairs := g.pairs(other.columns, source.columns):
            a, b = g.pick(pairs)
            kind = g.pick(["", "LEFT "])
            node = Node("from", other.node, f" {kind}JOIN ", source.node, f" ON {a.name} = {b.name}")
            return Statement(g.join_query(Source(node, "", other.columns + source.columns)))
    return Statement(g.select(source, g.pick(["rows", "groups", "one", "distinct"]))[0])


def window_kind(what):
    def kind(g):
        source = g.any_table()
        scope = source.columns
        unique = source.unique[0].name
        made = [g.window(scope, unique, what) for _ in range(g.random.randint(1, 3))]
        items, _ = named(made + [(source.unique[0].node(), "text")])
        return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3)))

    return kind


def kind_window_top(g):
    """The first rows of each partition: what windows are used for most."""
    source = g.any_table()
    scope = source.columns
    node, type = g.window(scope, source.unique[0].name)
    items, types = named([(node, type)] + [(g.value(t, scope, 1), t) for t in g.few_types()])
    inner = Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3))
    columns = [Column(f"q.{n}", t) for n, t in types]
    return Statement(g.select(Source(Node("from", "(", inner, ") q"), "q", columns), g.pick(["rows", "rows", "groups", "one"]))[0])


def kind_window_groups(g):
    """Windows over groups: their keys and aggregates are what the window sees."""
    source = g.any_table()
    scope = source.columns
    type = g.pick(["int", "text"])
    key = g.key(type, scope, 0)
    made = [Column("", t, g.aggregate(t, scope, filtered=False)) for t in ["int", "int", "float"]]
    windows = [g.window(made + [Column("", type, key)], key) for _ in range(g.random.randint(1, 2))]
    items, _ = named([(key, type)] + [(made[0].node(), "int")] + windows)
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3), " GROUP BY ", key))


def kind_grouping_sets(g):
    def by(keys):
        form = g.pick(["ROLLUP", "CUBE", "SETS"])
        if form != "SETS":
            return Node("by", f"{form} (", Items([Node("key", k) for k in keys]), ")")
        sets = [g.random.sample(keys, g.random.randint(0, len(keys))) for _ in range(g.random.randint(1, 3))]
        written = [Node("set", "(", Items([Node("key", k) for k in s], least=0), ")") for s in sets]
        return Node("by", "GROUPING SETS (", Items(written), ")")

    source = g.any_table()
    # Keys that are columns: what an expression over a key is that a set leaves out, engines do not agree on.
    scope = source.columns
    types = [g.pick(TYPES) for _ in range(3)]
    keys = g.random.sample(scope, 2)
    items, _ = named([(k.node(), k.type) for k in keys] + [(g.aggregate(t, scope), t) for t in types])
    clauses = []
    if g.chance(0.3):
        clauses = [optional(" HAVING ", g.over_aggregates("bool", scope, []))]
    by = by([k.node() for k in keys])
    return Statement(Node("query", "SELECT ", items, " FROM ", source.node, *g.where(scope, 0.3), " GROUP BY ", by, *clauses))


def kind_array_agg(g):
    source = g.any_table()
    scope = source.columns
    ordered = g.chance(0.5)
    type = g.pick(["int", "text", "bool", "float"])
    value = g.value(type, scope, g.pick([0, 0, 1]))
    if ordered:
        inside = Node("list", value, g.order([g.key(g.type_of(scope), scope, 0)], [source.unique[0].name], 0))
    else:
        # `array_agg(DISTINCT …)` leaves NULLs out here, and keeps one at Athena.
        distinct = g.chance(0.5)
        value = Node("list", "coalesce(", value, ", ", g.constant(type, False), ")") if distinct else value
        inside = Node("list", "DISTINCT " if distinct else "", value)
    filtered = [optional(" FILTER (WHERE ", g.condition(scope, 1), ")")] if g.chance(0.3) else []
    call = Node("list", "array_agg(", inside, ")", *filtered)
    if g.chance(0.6):
        key = g.key(g.type_of(scope), scope, 0)
        query = Node("query", "SELECT ", key, " AS k, ", call, " AS l FROM ", source.node, *g.where(scope, 0.3), " GROUP BY ", key)
    else:
        query = Node("query", "SELECT ", call, " AS l FROM ", source.node, *g.where(scope, 0.3))
    return Statement(query, lists=ordered)


def kind_mixed(g):
    """Everything together."""
    g.inner = 2
    outer = ["", "LEFT ", "RIGHT ", "FULL "]
    form = g.pick(["table", "derived", "join", "join", "set", "window"])
    if form == "table":
        source = g.table()
    elif form == "derived":
        source = g.derived(2)
    elif form == "join":
        source = g.joined(outer, g.pick([2, 2, 3]), derived=0.4)
    elif form == "set":
        types = g.few_types()
        query = g.set_operation(types, 2)
        source = Source(Node("from", "(", query, ") s"), "s", [Column(f"s.c{at}", t) for at, t in enumerate(types)])
    else:
        inner = g.table()
        made = g.window(inner.columns, inner.unique[0].name)
        items, types = named([made] + [(g.value(t, inner.columns, 1), t) for t in g.few_types()])
        query = Node("query", "SELECT ", items, " FROM ", inner.node, *g.where(inner.columns, 0.3))
        source = Source(Node("from", "(", query, ") v"), "v", [Column(f"v.{n}", t) for n, t in types])
    query, types = g.select(source, g.pick(["rows", "rows", "groups", "one", "distinct"]))
    if g.chance(0.25):
        other = g.subselect(1, [t for _, t in types])[0]
        query = Node("query", query, f" {g.pick(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT'])} ", other)
    if g.chance(0.4):
        names = [n for n, _ in types]
        return Statement(Node("query", query, g.order([], g.random.sample(names, len(names)))), ordered=True)
    return Statement(query)


KINDS = {
    "where": kind_where,
    "conditions": kind_conditions,
    "values": kind_values,
    "aggregates": kind_aggregates,
    "filter": kind_filter,
    "group": kind_group,
    "having": kind_having,
    "order": kind_order,
    "distinct": kind_distinct,
    "distinct_star": kind_distinct_star,
    "star": kind_star,
    "from_query": kind_from_query,
    "from_limited": kind_from_limited,
    "with": kind_with,
    "with_twice": kind_with_twice,
    "in_query": with_condition(Generator.in_query),
    "exists": with_condition(Generator.exists),
    "exists_correlated": with_condition(Generator.exists_correlated),
    "scalar_where": with_condition(Generator.compared_to_query),
    "scalar": kind_scalar,
    "scalar_correlated": kind_scalar_correlated,
    "subqueries_as_values": kind_conditions_as_values,
    "union": set_kind("UNION", "UNION ALL"),
    "set": set_kind("UNION", "UNION ALL", "EXCEPT", "INTERSECT"),
    "set_all": set_kind("UNION ALL", "EXCEPT ALL", "INTERSECT ALL"),
    "join": join_kind(["", "INNER "], extra=0.0),
    "join_left": join_kind(["LEFT "], extra=0.0),
    "join_right": join_kind(["RIGHT ", "RIGHT OUTER "], extra=0.0),
    "join_full": join_kind(["FULL ", "FULL OUTER "], extra=0.0),
    "join_extra": join_kind(["", "LEFT ", "RIGHT ", "FULL "], extra=1.0),
    "join_three": join_kind(["", "LEFT ", "RIGHT ", "FULL "], count=3),
    "join_derived": join_kind(["", "LEFT "], derived=0.7),
    "join_names": kind_join_names,
    "join_using": kind_join_using,
    "cross": join_kind(["CROSS"]),
    "values_list": kind_values_list,
    "window_rank": window_kind("rank"),
    "window_offset": window_kind("offset"),
    "window_aggregate": window_kind("aggregate"),
    "window_top": kind_window_top,
    "window_groups": kind_window_groups,
    "grouping_sets": kind_grouping_sets,
    "array_agg": kind_array_agg,
    "mixed": kind_mixed,
}


def statement(kind, seed):
    return KINDS[kind](Generator(seed))
