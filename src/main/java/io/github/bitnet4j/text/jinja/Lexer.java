package io.github.bitnet4j.text.jinja;

import io.github.bitnet4j.text.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, with white space as Hugging Face has Jinja treat it: {@code
 * trim_blocks} and {@code lstrip_blocks} on, one line break at the very end dropped.
 */
final class Lexer {
  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-?)%\\}");
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(-?)%\\}");
  private static final Pattern EXPONENT = Pattern.compile("[eE][-+]?[0-9]+");
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", "|", ",", ":", ".", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private boolean lineStarting = true;
  private int countedTo;
  private int line = 1;
  private int lineStart;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    var text = template.replace("\r\n", "\n").replace('\r', '\n');
    var lexer = new Lexer(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag(at);
      if (tag < 0) {
        data(at, source.length());
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      dataBefore(tag, kind, sign);
      at = tag;
      switch (kind) {
        case '#' -> comment();
        case '{' -> {
          add(Kind.OUTPUT_BEGIN, "{{", tag);
          at = tag + (sign == '-' || sign == '+' ? 3 : 2);
          inside("}}", Kind.OUTPUT_END, tag);
        }
        default -> {
          var raw = RAW_BEGIN.matcher(source).region(tag, source.length());
          if (raw.lookingAt()) {
            raw(raw);
          } else {
            add(Kind.BLOCK_BEGIN, "{%", tag);
            at = tag + (sign == '-' || sign == '+' ? 3 : 2);
            inside("%}", Kind.BLOCK_END, tag);
          }
        }
      }
    }
    add(Kind.END, "", source.length());
  }

  private int nextTag(int from) {
    for (int i = source.indexOf('{', from);
        i >= 0 && i + 1 < source.length();
        i = source.indexOf('{', i + 1)) {
      if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void dataBefore(int tag, char kind, char sign) {
    int end = tag;
    if (sign == '-') {
      while (end > at && Str.isSpace(source.charAt(end - 1))) {
        end--;
      }
    } else if (sign != '+' && kind != '{') {
      int start = source.lastIndexOf('\n', tag - 1) + 1;
      if ((start > at || (lineStarting && start <= at))
          && source.substring(Math.max(start, at), tag).isBlank()) {
        end = Math.max(start, at);
      }
    }
    data(at, end);
  }

  private void data(int start, int end) {
    if (end > start) {
      add(Kind.DATA, source.substring(start, end), start);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at + 2);
    if (end < 0) {
      throw new JinjaException(position(at), "the comment is not ended by '#}'");
    }
    char before = end > at + 2 ? source.charAt(end - 1) : ' ';
    afterTag(end + 2, before, true);
  }

  private void raw(Matcher begin) {
    int start = at;
    afterTag(begin.end(), begin.group(2).isEmpty() ? ' ' : '-', true);
    var end = RAW_END.matcher(source);
    if (!end.find(at)) {
      throw new JinjaException(position(start), "the raw block is not ended by '{% endraw %}'");
    }
    dataBefore(end.start(), '%', end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0));
    afterTag(end.end(), end.group(2).isEmpty() ? ' ' : '-', true);
  }

  /** Moves past a tag's end and the white space that goes with it. */
  private void afterTag(int end, char sign, boolean trimmed) {
    at = end;
    if (sign == '-') {
      while (at < source.length() && Str.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (trimmed && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    lineStarting = source.charAt(at - 1) == '\n';
  }

  private void inside(String closing, Kind closingKind, int opened) {
    Deque<String> brackets = new ArrayDeque<>();
    while (true) {
      while (at < source.length() && Str.isSpace(source.charAt(at))) {
        at++;
      }
      if (at >= source.length()) {
        throw new JinjaException(position(opened), "the tag is not ended by '" + closing + "'");
      }
      if (brackets.isEmpty()) {
        char sign = source.charAt(at);
        boolean signed = sign == '-' || (sign == '+' && closingKind == Kind.BLOCK_END);
        int end = signed ? at + 1 : at;
        if (source.startsWith(closing, end)) {
          add(closingKind, closing, at);
          afterTag(end + 2, signed ? sign : ' ', closingKind == Kind.BLOCK_END);
          return;
        }
      }
      one(brackets);
    }
  }

  private void one(Deque<String> brackets) {
    char c = source.charAt(at);
    int start = at;
    if (c == '\'' || c == '"') {
      string(c);
    } else if (c >= '0' && c <= '9') {
      number();
    } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      while (at < source.length()
          && (Character.isUnicodeIdentifierPart(source.charAt(at)) || source.charAt(at) == '_')) {
        at++;
      }
      add(Kind.NAME, source.substring(start, at), start);
    } else {
      var operator =
          OPERATORS.stream()
              .filter(o -> source.startsWith(o, start))
              .findFirst()
              .orElseThrow(
                  () -> new JinjaException(position(start), "unexpected character '" + c + "'"));
      switch (operator) {
        case "(" -> brackets.push(")");
        case "[" -> brackets.push("]");
        case "{" -> brackets.push("}");
        case ")", "]", "}" -> {
          if (brackets.isEmpty() || !brackets.pop().equals(operator)) {
            throw new JinjaException(position(start), "'" + operator + "' closes nothing");
          }
        }
        default -> {}
      }
      add(Kind.OPERATOR, operator, start);
      at += operator.length();
    }
  }

  private void number() {
    int start = at;
    digits();
    boolean whole = true;
    if (at + 1 < source.length() && source.charAt(at) == '.' && isDigit(source.charAt(at + 1))) {
      at++;
      digits();
      whole = false;
    }
    var exponent = EXPONENT.matcher(source).region(at, source.length());
    if (exponent.lookingAt()) {
      at = exponent.end();
      whole = false;
    }
    var text = source.substring(start, at).replace("_", "");
    add(whole ? Kind.INTEGER : Kind.FLOAT, text, start);
  }

  private void digits() {
    while (at < source.length() && (isDigit(source.charAt(at)) || source.charAt(at) == '_')) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void string(char quote) {
    int start = at++;
    var text = new StringBuilder();
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c == '\\' && at < source.length()) {
        escape(text, source.charAt(at++));
      } else {
        text.append(c);
      }
    }
    if (at >= source.length()) {
      throw new JinjaException(position(start), "the string is not ended by " + quote);
    }
    at++;
    add(Kind.STRING, text.toString(), start);
  }

  private void escape(StringBuilder text, char c) {
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case '\\', '\'', '"' -> text.append(c);
      case '\n' -> {}
      case 'x' -> hex(text, 2);
      case 'u' -> hex(text, 4);
      case 'U' -> hex(text, 8);
      default -> text.append('\\').append(c);
    }
  }

  private void hex(StringBuilder text, int digits) {
    try {
      text.appendCodePoint(Integer.parseUnsignedInt(source.substring(at, at + digits), 16));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new JinjaException(
          position(at), "not a character's code of %d digits".formatted(digits));
    }
    at += digits;
  }

  private void add(Kind kind, String text, int start) {
    tokens.add(new Token(kind, text, position(start)));
  }

  private Position position(int offset) {
    if (offset < countedTo) {
      countedTo = 0;
      line = 1;
      lineStart = 0;
    }
    for (; countedTo < offset; countedTo++) {
      if (source.charAt(countedTo) == '\n') {
        line++;
        lineStart = countedTo + 1;
      }
    }
    return new Position(line, offset - lineStart + 1);
  }
}
