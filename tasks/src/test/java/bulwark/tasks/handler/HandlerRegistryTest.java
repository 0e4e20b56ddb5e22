package bulwark.tasks.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HandlerRegistryTest {
    public static final class Good implements TaskModule {
        @Task(value = "good.one", maxRetries = 4, rateLimit = "5/m", hardTimeLimitMs = 100)
        public String one() {
            return "one";
        }
    }

    public static final class Bad implements TaskModule {
        @Task("good.one")
        public String twice() {
            return "";
        }

        @Task("bad.parameters")
        public String parameters(int number) {
            return "" + number;
        }

        @Task("bad name")
        public String name() {
            return "";
        }
    }

    @Test
    void the_demonstration_tasks_are_found() {
        assertThat(HandlerRegistry.discover(HandlerRegistryTest.class.getClassLoader())
                        .all())
                .extracting(TaskHandler::name)
                .contains("demo.echo", "demo.sleep", "demo.flaky");
    }

    @Test
    void a_marked_method_is_a_handler_with_its_options() throws Exception {
        TaskHandler handler = HandlerRegistry.of(List.of(), List.of(new Good())).find("good.one");

        assertThat(handler.options().maxRetries()).isEqualTo(4);
        assertThat(handler.options().rateLimit()).isEqualTo("5/m");
        assertThat(handler.options().hardTimeLimit()).hasMillis(100);
    }

    @Test
    void duplicates_and_methods_that_cannot_be_handlers_are_refused_together() {
        assertThatThrownBy(() -> HandlerRegistry.of(List.of(), List.of(new Good(), new Bad())))
                .isInstanceOfSatisfying(
                        HandlersRefused.class,
                        refused -> assertThat(refused.sentences())
                                .hasSize(3)
                                .anyMatch(problem -> problem.contains("two handlers are named good.one")));
    }
}
