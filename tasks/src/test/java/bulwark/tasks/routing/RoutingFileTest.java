package bulwark.tasks.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoutingFileTest {
    static final String FILE = """
            default_queue: {alias: standard, queue: main}
            queues:
              main: {}
              billing: {priority_range: [2, 5], exchange: x, bindings: [{routing_key: a, weight: 1}]}
              slow: {priorityRange: {min: 0, max: 3}}
            broadcasts:
              updates: {delivery: at-most-once}
            routes:
              - match: {task: 'billing.*', headers: {tenant: acme}}
                target: {type: queue, name: slow}
                priority_override: 9
              - match: {task: [billing.*, 'invoice.{send,print}']}
                target: {name: billing}
              - match: {task: 'cache.**', queueOverride: everywhere}
                target: {type: broadcast, name: updates}
            """;

    @Test
    void the_first_rule_that_matches_decides() {
        Routing routing = RoutingFile.parse(FILE, "default");
        assertThat(routing.route("billing.charge", Map.of("tenant", "acme"), null, 0))
                .isEqualTo(new Routing.Target("slow", false, 3));
        assertThat(routing.route("billing.charge", Map.of("tenant", "other"), "main", 0))
                .isEqualTo(new Routing.Target("billing", false, 2));
        assertThat(routing.route("invoice.print", Map.of(), null, 9))
                .isEqualTo(new Routing.Target("billing", false, 5));
        assertThat(routing.route("cache.drop/all", Map.of(), "everywhere", 1))
                .isEqualTo(new Routing.Target("updates", true, 1));
    }

    @Test
    void an_unmatched_task_goes_to_its_requested_or_the_default_queue() {
        Routing routing = RoutingFile.parse(FILE, "default");
        assertThat(routing.route("mail.send", Map.of(), null, 4).name()).isEqualTo("main");
        assertThat(routing.route("mail.send", Map.of(), "standard", 4).name()).isEqualTo("main");
        assertThat(routing.route("mail.send", Map.of(), "made-up", 14))
                .isEqualTo(new Routing.Target("made-up", false, 9));
        assertThat(routing.route("billing/x.charge", Map.of(), null, 0).name()).isEqualTo("main");
    }

    @Test
    void json_is_read_as_well() {
        Routing routing = RoutingFile.parse(
                "{\"defaultQueue\":\"a\",\"queues\":{\"a\":{}},\"routes\":[{\"match\":{\"task\":\"*\"},\"target\":{\"name\":\"b\"}}]}",
                "default");
        assertThat(routing.route("x", Map.of(), null, 0).name()).isEqualTo("b");
        assertThat(routing.queues()).containsOnlyKeys("a");
    }

    @Test
    void an_empty_file_is_no_routing_at_all() {
        assertThat(RoutingFile.parse("", "work").route("x", Map.of(), null, 0).name())
                .isEqualTo("work");
    }

    @Test
    void all_faults_are_named_with_their_path() {
        assertThatThrownBy(() -> RoutingFile.parse("""
                        default_queue: gone
                        queues: {a: {priority_range: [5, 2]}, b: {priority_range: [0, 12]}, c: 7}
                        route: []
                        routes:
                          - {match: {task: '[x'}, target: {type: topic, name: a}}
                          - {match: {}, target: {type: broadcast, name: nobody}}
                          - {match: {task: x}}
                        """, "default"))
                .isInstanceOfSatisfying(
                        ConfigurationRefused.class,
                        refused -> assertThat(refused.sentences())
                                .containsExactlyInAnyOrder(
                                        "the file has the member \"route\", which is not known there",
                                        "queues.a.priority_range starts above its end",
                                        "queues.b.priority_range[1] must be a whole number from 0 to 9",
                                        "queues.c must be a mapping",
                                        "default_queue names the queue \"gone\", which queues does not define",
                                        "routes[0].match.task has a [ that is never closed",
                                        "routes[0].target.type must be queue or broadcast",
                                        "routes[1].target.name names the broadcast \"nobody\", which broadcasts does not define",
                                        "routes[2].target.name is missing"));
    }

    @Test
    void an_alias_that_is_also_a_queue_is_a_fault() {
        assertThatThrownBy(
                        () -> RoutingFile.parse("{default_queue: {alias: b, queue: a}, queues: {a: {}, b: {}}}", "a"))
                .hasMessageContaining("default_queue.alias is also the name of a queue");
    }

    @Test
    void duplicate_keys_and_broken_text_are_faults() {
        assertThatThrownBy(() -> RoutingFile.parse("{queues: {a: {}, a: {}}}", "a"))
                .isInstanceOf(ConfigurationRefused.class);
        assertThatThrownBy(() -> RoutingFile.parse("queues: [", "a")).isInstanceOf(ConfigurationRefused.class);
    }

    @Test
    void hostile_text_is_refused_or_read_and_never_anything_else() {
        Random random = new Random(7);
        List<String> pieces = List.of(
                "{", "}", "[", "]", ":", ",", "*", "&a ", "*a", "\n", "  ", "- ", "routes", "match", "task", "'", "\"",
                "\\", "9", "target", "queues", "!!java", "|", "?");
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(30); j >= 0; j--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                RoutingFile.parse(text.toString(), "a").route("t", Map.of(), null, 0);
            } catch (ConfigurationRefused expected) {
                assertThat(expected.sentences()).isNotEmpty();
            }
        }
    }
}
