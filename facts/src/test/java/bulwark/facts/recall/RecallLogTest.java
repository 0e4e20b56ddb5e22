package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecallLogTest {
    /** What waits for its commit is paid for by nobody: texts of the query and facts of the answer must not hang on it. */
    @Test
    void a_row_that_waits_holds_the_values_of_its_columns_and_nothing_else() {
        assertThat(Stream.of(RecallLog.Row.class.getRecordComponents()).map(RecordComponent::getType))
                .allSatisfy(type -> assertThat(type.isPrimitive() || type.equals(String.class))
                        .as(type.getName())
                        .isTrue());
        assertThat(Stream.of(RecallLog.Row.class.getRecordComponents()).map(RecordComponent::getName))
                .contains("queryHash")
                .doesNotContain("query");
    }
}
