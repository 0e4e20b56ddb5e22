package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the section Tests of CONVENTIONS.md says of sleeps: a test waits for what it wants to see, never for a time in which it should have come. */
class NoSleepsTest {
    private static final Pattern PAUSE =
            Pattern.compile("\\b(Thread|SECONDS|MILLISECONDS|MICROSECONDS)\\.sleep\\(|\\bparkNanos\\(");

    /** By file: the pauses in it, and what they are, which is no wait of a test. */
    private static final Map<String, Pauses> ALLOWED = Map.ofEntries(
            Map.entry("AnvilChain.java", new Pauses(1, "between two looks for a receipt, with a deadline")),
            Map.entry("ControlContract.java", new Pauses(2, "the work of a handler")),
            Map.entry("JournalAppender.java", new Pauses(1, "the pace of a process that will be killed")),
            Map.entry("JsonRpcClientTest.java", new Pauses(1, "a server that drips")),
            Map.entry("KillableProgram.java", new Pauses(1, "the random moment of a kill")),
            Map.entry("KilledServiceTest.java", new Pauses(1, "the random moment of a kill")),
            Map.entry("KilledSenderTest.java", new Pauses(1, "the random moment of a kill")),
            Map.entry("LargeJournalTest.java", new Pauses(1, "a producer whose queue is full tries again")),
            Map.entry("LocalSocketTestBase.java", new Pauses(1, "a handler that is late")),
            Map.entry("PoisonContract.java", new Pauses(1, "the work of a handler")),
            Map.entry("Producers.java", new Pauses(2, "the pace of a load")),
            Map.entry("Recording.java", new Pauses(1, "the work of a handler")),
            Map.entry("RedisOutageTest.java", new Pauses(1, "a producer whose broker is away tries again")),
            Map.entry("RedisWireTest.java", new Pauses(1, "a wire that delivers in pieces")),
            Map.entry("RunningContract.java", new Pauses(3, "the work of a handler")),
            Map.entry("SignerKillTest.java", new Pauses(1, "the random moment of a kill")),
            Map.entry("StoreOpenTest.java", new Pauses(1, "the work of a command")));

    private record Pauses(long number, String what) {}

    @Test
    void no_test_waits_for_a_time() {
        Map<String, Long> found = new TreeMap<>(Stream.concat(
                        SourceTree.modules().stream().flatMap(module -> SourceTree.testSources(module).stream()),
                        SourceTree.mainSources("testkit").stream())
                .collect(Collectors.toMap(NoSleepsTest::name, NoSleepsTest::pauses, Long::sum)));
        found.values().removeIf(number -> number == 0);
        Map<String, Long> allowed = new TreeMap<>();
        ALLOWED.forEach((file, pauses) -> allowed.put(file, pauses.number()));
        assertThat(found)
                .as("poll with a deadline or turn the settable clock; what is no wait of a test is named here")
                .isEqualTo(allowed);
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static long pauses(Path file) {
        return name(file).equals("NoSleepsTest.java")
                ? 0
                : PAUSE.matcher(SourceTree.text(file)).results().count();
    }
}
