package bulwark.tasks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class TaskStatusJsonTest {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Instant UPDATED = Instant.parse("2026-01-02T03:04:06.000001Z");

    private static TaskStatus status() {
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        meta.put(TaskStatus.FENCE, "1-2:3").put("queue", "default");
        ObjectNode details = JsonNodeFactory.instance.objectNode().put("n", 1);
        return new TaskStatus(
                "id-1",
                TaskState.FAILED,
                DoubleNode.valueOf(1.0),
                new TaskStatus.TaskError("Boom", "it \"broke\"", null, true, details),
                meta,
                2,
                CREATED,
                UPDATED);
    }

    @Test
    void a_status_reads_as_it_was_written() {
        assertThat(TaskStatusJson.parse(TaskStatusJson.write(status()))).isEqualTo(status());
    }

    @Test
    void members_stand_in_the_order_of_the_wire_with_the_fence_last_in_meta() {
        assertThat(TaskStatusJson.write(status()))
                .isEqualTo("{\"id\":\"id-1\",\"state\":\"failed\",\"payload\":1.0,\"error\":{\"type\":\"Boom\","
                        + "\"message\":\"it \\\"broke\\\"\",\"stack\":null,\"retryable\":true,\"meta\":{\"n\":1}},"
                        + "\"meta\":{\"queue\":\"default\",\"stem.fence\":\"1-2:3\"},\"attempt\":2,"
                        + "\"createdAt\":\"2026-01-02T03:04:05.678Z\",\"updatedAt\":\"2026-01-02T03:04:06.000001Z\"}");
    }

    @Test
    void a_status_with_little_in_it_is_read() {
        TaskStatus read = TaskStatusJson.parse("{\"id\":\"a\",\"state\":\"queued\"}");
        assertThat(read.state()).isEqualTo(TaskState.QUEUED);
        assertThat(read.payload()).isNull();
        assertThat(read.createdAt()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void what_is_no_status_is_refused_without_quoting_it() {
        for (String text :
                new String[] {"", "hunter2", "[]", "{\"id\":\"hunter2\"}", "{\"id\":\"a\",\"state\":\"x\"}"}) {
            assertThatThrownBy(() -> TaskStatusJson.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hunter2");
        }
    }
}
