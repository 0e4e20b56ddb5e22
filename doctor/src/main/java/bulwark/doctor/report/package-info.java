/** What a visit saw, as a table and a page for people, and as JSON, SARIF, OSCAL and JUnit for programs. */
@NullMarked
package bulwark.doctor.report;

import org.jspecify.annotations.NullMarked;
