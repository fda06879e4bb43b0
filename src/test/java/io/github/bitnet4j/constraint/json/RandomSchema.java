package io.github.bitnet4j.constraint.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A random schema, and random documents that obey it in the form that grammars write.
 *
 * @param json the schema
 * @param document makes a document
 */
record RandomSchema(String json, Function<RandomGenerator, String> document) {
  private static final List<String> NAMES =
      List.of("id", "name", "i", "na", "tags", "größe", "a b", "quote\"", "back\\slash", "x/y~z");

  /** A schema with objects and arrays inside each other at most {@code depth} deep. */
  static RandomSchema of(RandomGenerator random, int depth) {
    return part(random, depth).asRoot();
  }

  private static RandomSchema part(RandomGenerator random, int depth) {
    int kind = random.nextInt(depth > 0 ? 17 : 13);
    return switch (kind) {
      case 0 -> fixed("{\"type\":\"null\"}", "null");
      case 1 -> fixed("{\"type\":\"boolean\"}", "true", "false");
      case 2 -> integers(random);
      case 3 -> decimals(random);
      case 4 -> strings(random);
      case 5 ->
          fixed("{\"type\":[\"string\",\"null\"],\"maxLength\":3}", "null", "\"\"", "\"a\\nb\"");
      case 6 -> fixed("{\"enum\":[\"red\",\"gr\\u00fcn\",7,null]}", "\"red\"", "\"grün\"", "7");
      case 7 -> fixed("{\"const\":{\"k\":[1,\"\\\"\"]}}", "{\"k\":[1,\"\\\"\"]}");
      case 8 -> multiples(random);
      case 9 -> patterns(random);
      case 10 -> fixed("{\"type\":\"string\",\"format\":\"date\"}", "\"2024-02-29\"");
      case 11 ->
          fixed(
              "{\"$ref\":\"#/$defs/list\"}", "{\"v\":true}", "{\"v\":false,\"next\":{\"v\":true}}");
      case 12 ->
          fixed("{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "\"\\\\\"", "-12");
      case 13 -> arrays(random, depth);
      case 14 -> tuples(random, depth);
      case 15 -> choices(random, depth);
      default -> objects(random, depth);
    };
  }

  /** The same schema with what others refer to. */
  private RandomSchema asRoot() {
    String list =
        "{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"boolean\"},"
            + "\"next\":{\"$ref\":\"#/$defs/list\"}},\"required\":[\"v\"]}";
    String rest = json.substring(1);
    return new RandomSchema("{\"$defs\":{\"list\":" + list + "}," + rest, document);
  }

  private static RandomSchema patterns(RandomGenerator random) {
    int max = random.nextInt(2, 8);
    return new RandomSchema(
        "{\"type\":\"string\",\"pattern\":\"^[a-c]+(-\\\\d)?$\",\"maxLength\":%d}".formatted(max),
        r -> r.nextBoolean() || max < 3 ? "\"ab\"" : "\"c-7\"");
  }

  private static RandomSchema fixed(String json, String... documents) {
    return new RandomSchema(json, random -> documents[random.nextInt(documents.length)]);
  }

  private static RandomSchema integers(RandomGenerator random) {
    int low = random.nextInt(-1000, 1000);
    int high = low + random.nextInt(0, 2000);
    return new RandomSchema(
        "{\"type\":\"integer\",\"minimum\":%d,\"exclusiveMaximum\":%d}".formatted(low, high + 1),
        r -> Integer.toString(r.nextInt(low, high + 1)));
  }

  private static RandomSchema decimals(RandomGenerator random) {
    int low = random.nextInt(-100_000, 100_000);
    int high = low + random.nextInt(1, 100_000);
    return new RandomSchema(
        "{\"type\":\"number\",\"exclusiveMinimum\":%s,\"maximum\":%s}"
            .formatted(thousandths(low), thousandths(high)),
        r -> thousandths(r.nextInt(low + 1, high + 1)));
  }

  private static String thousandths(int number) {
    String text = new BigDecimal(number).movePointLeft(3).toPlainString();
    return number == 0 ? "0" : text;
  }

  private static RandomSchema multiples(RandomGenerator random) {
    int factor = random.nextInt(1, 20);
    return new RandomSchema(
        "{\"type\":\"integer\",\"multipleOf\":%d,\"maximum\":%d}".formatted(factor, factor * 50),
        r -> Integer.toString(factor * r.nextInt(-50, 51)));
  }

  private static RandomSchema strings(RandomGenerator random) {
    int min = random.nextInt(4);
    int max = min + random.nextInt(6);
    return new RandomSchema(
        "{\"type\":\"string\",\"minLength\":%d,\"maxLength\":%d}".formatted(min, max),
        r ->
            quoted(
                r.ints(r.nextInt(min, max + 1), 0x20, 0x2FFF)
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining())));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static RandomSchema arrays(RandomGenerator random, int depth) {
    var items = part(random, depth - 1);
    int min = random.nextInt(3);
    int max = min + random.nextInt(3);
    return new RandomSchema(
        "{\"type\":\"array\",\"items\":%s,\"minItems\":%d,\"maxItems\":%d}"
            .formatted(items.json, min, max),
        r ->
            IntStream.range(0, r.nextInt(min, max + 1))
                .mapToObj(_ -> items.document.apply(r))
                .collect(Collectors.joining(comma(r), "[", "]")));
  }

  private static String comma(RandomGenerator random) {
    return random.nextBoolean() ? "," : ", ";
  }

  private static RandomSchema tuples(RandomGenerator random, int depth) {
    var first = part(random, depth - 1);
    var second = part(random, depth - 1);
    return new RandomSchema(
        "{\"type\":\"array\",\"prefixItems\":[%s,%s],\"items\":false,\"minItems\":1}"
            .formatted(first.json, second.json),
        r ->
            r.nextBoolean()
                ? "[" + first.document.apply(r) + "]"
                : "[" + first.document.apply(r) + comma(r) + second.document.apply(r) + "]");
  }

  private static RandomSchema choices(RandomGenerator random, int depth) {
    var first = part(random, depth - 1);
    var second = part(random, depth - 1);
    return new RandomSchema(
        "{\"anyOf\":[%s,{\"allOf\":[%s]}]}".formatted(first.json, second.json),
        r -> (r.nextBoolean() ? first : second).document.apply(r));
  }

  private record Property(String name, RandomSchema value, boolean required) {}

  private static RandomSchema objects(RandomGenerator random, int depth) {
    var names = new ArrayList<>(NAMES);
    var properties = new ArrayList<Property>();
    for (int i = random.nextInt(5); i > 0; i--) {
      String name = names.remove(random.nextInt(names.size()));
      properties.add(new Property(name, part(random, depth - 1), random.nextBoolean()));
    }
    boolean open = random.nextInt(3) == 0;
    String json =
        "{\"type\":\"object\",\"properties\":{%s},\"required\":[%s],\"additionalProperties\":%s}"
            .formatted(
                properties.stream()
                    .map(p -> quoted(p.name) + ":" + p.value.json)
                    .collect(Collectors.joining(",")),
                properties.stream()
                    .filter(Property::required)
                    .map(p -> quoted(p.name))
                    .collect(Collectors.joining(",")),
                open ? "{\"type\":\"null\"}" : "false");
    return new RandomSchema(json, r -> object(properties, open, r));
  }

  private static String object(List<Property> properties, boolean open, RandomGenerator random) {
    var members = new ArrayList<String>();
    for (var property : properties) {
      if (property.required || random.nextBoolean()) {
        members.add(
            quoted(property.name)
                + (random.nextBoolean() ? ":" : ": ")
                + property.value.document.apply(random));
      }
    }
    if (open && random.nextBoolean()) {
      members.add("\"other" + random.nextInt(9) + "\":null");
    }
    return members.stream().collect(Collectors.joining(comma(random), "{", "}"));
  }
}
