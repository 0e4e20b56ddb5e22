package bulwark.kernel.error;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.storage.StoreRefused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorReportTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void an_operator_error_prints_each_sentence_and_ends_with_its_code() {
        assertThat(report(new ConfigurationRefused(List.of("A is wrong.", "B is wrong."))))
                .isEqualTo(ExitCode.SETTINGS);
        assertThat(text()).isEqualTo("error: A is wrong.\nerror: B is wrong.\n");
    }

    @Test
    void control_characters_of_a_quoted_name_do_not_reach_the_terminal() {
        report(CommandFailed.usage("no queue \u001b[31mred"));
        assertThat(text()).isEqualTo("error: no queue ?[31mred\n");
    }

    @Test
    void a_disk_or_network_failure_is_one_line_and_a_fault_of_the_program_keeps_its_stack_trace() {
        assertThat(report(new IOException("disk full"))).isEqualTo(ExitCode.FAILED);
        assertThat(text()).doesNotContain("\tat ").contains("disk full");
        assertThat(report(new IllegalStateException("bug"))).isEqualTo(ExitCode.FAILED);
        assertThat(text()).contains("\tat bulwark");
    }

    @Test
    void the_kinds_of_failure_end_with_the_numbers_of_each_program() {
        assertThat(report(new StoreRefused("no"))).isEqualTo(ExitCode.FAILED);
        assertThat(ExitCode.FAILED.plain()).isEqualTo(1);
        assertThat(ExitCode.FAILED.sysexit()).isEqualTo(70);
        assertThat(ExitCode.USAGE.plain()).isEqualTo(2);
        assertThat(ExitCode.USAGE.sysexit()).isEqualTo(64);
        assertThat(ExitCode.SETTINGS.plain()).isEqualTo(1);
        assertThat(ExitCode.SETTINGS.sysexit()).isEqualTo(64);
        assertThat(ExitCode.NOT_RUNNING.sysexit()).isEqualTo(3);
    }

    @Test
    void the_document_prints_this_table() throws IOException {
        Path document = Path.of("../docs/exit-codes.md");
        List<String> lines = Files.readAllLines(document);
        for (ExitCode code : ExitCode.values()) {
            assertThat(lines)
                    .contains("| " + code + " | " + code.plain() + " | " + code.sysexit() + " | " + code.meaning()
                            + " |");
        }
    }

    private ExitCode report(Throwable thrown) {
        return ErrorReport.print(thrown, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
