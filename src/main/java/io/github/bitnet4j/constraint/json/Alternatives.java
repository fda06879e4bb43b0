package io.github.bitnet4j.constraint.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.BooleanNode;

/**
 * Follows the keywords by which schemas point to others for the same value, so that what is left
 * are lists of schemas of which only their own keywords count.
 */
final class Alternatives {
  /** Ways to combine the branches of anyOf and oneOf at most. */
  static final int MAX_ALTERNATIVES = 1000;

  private static final int MAX_STEPS = 100;

  private final SchemaDocument document;
  private final ValueCheck check;
  private final Set<Location> checked = new HashSet<>();

  Alternatives(SchemaDocument document) {
    this.document = document;
    check = new ValueCheck(this);
  }

  /** What tells whether a value obeys a schema. */
  ValueCheck check() {
    return check;
  }

  /** The constraints of which a value must obey one; none if there is no such value. */
  List<Constraints> of(Conjunction schemas) {
    return expand(schemas).stream().map(Constraints::of).toList();
  }

  /** The same schemas without detours: a schema that only refers to another is that other. */
  Conjunction direct(Conjunction schemas) {
    var direct = new ArrayList<Location>();
    for (var schema : schemas.schemas()) {
      var target = schema;
      for (int steps = 0; Keywords.isOnly("$ref", target); steps++) {
        if (steps == MAX_STEPS) {
          throw endless(schema);
        }
        Keywords.check(target);
        target = document.resolve(target.child("$ref"));
      }
      Keywords.check(target);
      if (!target.node().equals(BooleanNode.TRUE)) {
        direct.add(target);
      }
    }
    return new Conjunction(direct);
  }

  /** The branches of a schema that is nothing but a choice; empty for any other. */
  List<Location> branches(Conjunction schemas) {
    if (schemas.schemas().size() == 1) {
      var schema = schemas.schemas().getFirst();
      if (Keywords.isOnly("anyOf", schema)) {
        return Keywords.schemas(schema.child("anyOf"));
      }
      if (Keywords.isOnly("oneOf", schema)) {
        return disjointBranches(schema);
      }
    }
    return List.of();
  }

  private List<List<Location>> expand(Conjunction schemas) {
    var alternatives = List.of(List.<Location>of());
    for (var schema : schemas.schemas()) {
      alternatives = product(schema, alternatives, expand(schema, new LinkedHashSet<>()));
    }
    return alternatives;
  }

  private List<List<Location>> expand(Location schema, LinkedHashSet<Location> path) {
    Keywords.check(schema);
    if (schema.node().isBoolean()) {
      return schema.node().booleanValue() ? List.of(List.of()) : List.of();
    }
    if (path.contains(schema) || path.size() == MAX_STEPS) {
      throw endless(schema);
    }
    path.add(schema);
    var alternatives = List.of(List.of(schema));
    if (schema.has("$ref")) {
      var target = document.resolve(schema.child("$ref"));
      alternatives = product(schema, alternatives, expand(target, path));
    }
    if (schema.has("allOf")) {
      for (var part : Keywords.schemas(schema.child("allOf"))) {
        alternatives = product(schema, alternatives, expand(part, path));
      }
    }
    if (schema.has("anyOf")) {
      alternatives =
          product(schema, alternatives, union(Keywords.schemas(schema.child("anyOf")), path));
    }
    if (schema.has("oneOf")) {
      alternatives = product(schema, alternatives, union(disjointBranches(schema), path));
    }
    path.remove(schema);
    return alternatives;
  }

  private List<List<Location>> union(List<Location> branches, LinkedHashSet<Location> path) {
    var all = new ArrayList<List<Location>>();
    branches.forEach(branch -> all.addAll(expand(branch, path)));
    return all;
  }

  private static List<List<Location>> product(
      Location schema, List<List<Location>> left, List<List<Location>> right) {
    if ((long) left.size() * right.size() > MAX_ALTERNATIVES) {
      throw schema.invalid(
          "has more than %,d combinations of the branches of anyOf and oneOf", MAX_ALTERNATIVES);
    }
    var both = new ArrayList<List<Location>>();
    for (var a : left) {
      for (var b : right) {
        var all = new LinkedHashSet<>(a);
        all.addAll(b);
        both.add(List.copyOf(all));
      }
    }
    return both;
  }

  /** The branches of {@code oneOf}, of which no two may have a value in common. */
  private List<Location> disjointBranches(Location schema) {
    var oneOf = schema.child("oneOf");
    var branches = Keywords.schemas(oneOf);
    if (checked.add(schema)) {
      for (int i = 0; i < branches.size(); i++) {
        for (int j = i + 1; j < branches.size(); j++) {
          var both = new Conjunction(List.of(branches.get(i), branches.get(j)));
          if (!check.isEmpty(both)) {
            throw oneOf.invalid(
                "branches %d and %d may both match a value; use anyOf, or give each a required"
                    + " property with a const of its own",
                i, j);
          }
        }
      }
    }
    return branches;
  }

  private static JsonSchemaException endless(Location schema) {
    return schema.invalid("refers to itself without anything in between, or through too many");
  }
}
