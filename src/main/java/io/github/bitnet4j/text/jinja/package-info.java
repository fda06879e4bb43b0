/**
 * A sandboxed interpreter of the subset of Jinja that chat templates use: no reflection, no files,
 * values of its own kinds only, and limits on steps, text, nesting and time.
 *
 * <p>Every character of a rendered text remembers whether the template wrote it or whether it comes
 * from content handed in, so that content can never pass for a control token.
 */
package io.github.bitnet4j.text.jinja;
