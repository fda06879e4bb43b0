/**
 * The command line: {@code bitnet run}, {@code chat}, {@code info} and the rest.
 *
 * <p>One class per command; options that several commands share are in {@code …Arguments} classes,
 * mixed in by picocli. Commands read and write only through their {@link
 * io.github.bitnet4j.cli.Console}.
 */
package io.github.bitnet4j.cli;
