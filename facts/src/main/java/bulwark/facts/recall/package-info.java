/** Full-text recall: index, ranking, and answers within a token budget. */
@NullMarked
package bulwark.facts.recall;

import org.jspecify.annotations.NullMarked;
