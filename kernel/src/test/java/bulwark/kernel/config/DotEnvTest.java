package bulwark.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class DotEnvTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "A=1|1",
                "  A = 1  |1",
                "export A=1|1",
                "A=a b|a b",
                "A=a # why|a",
                "A=a#b|a#b",
                "A='a # $b\\n'|a # $b\\n",
                "A=\"a # b\"|a # b",
                "A=\"a\\\"b\" # why|a\"b",
                "A=\"x\\ty\"|x\ty",
                "A=x=y==|x=y==",
                "A=|``",
                "A=# nothing|``",
            })
    void a_line_gives_its_value(String line, String value) {
        DotEnv parsed = DotEnv.parse(line);
        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.values()).containsEntry("A", value);
    }

    @Test
    void comments_and_blank_lines_give_nothing() {
        DotEnv parsed = DotEnv.parse("# one\n\n   \r\n  # two\n");
        assertThat(parsed.values()).isEmpty();
        assertThat(parsed.problems()).isEmpty();
    }

    @Test
    void every_bad_line_is_named_and_no_value_is_shown() {
        DotEnv parsed = DotEnv.parse("A=1\nnonsense hush\nB='hush\nC=\"hush\" hush\nA=hush\n1D=hush");
        assertThat(parsed.problems())
                .containsExactly(
                        ".env line 2 is not NAME=VALUE",
                        ".env line 3 (B) has no closing quote",
                        ".env line 4 (C) has text after the closing quote",
                        ".env line 5 sets A a second time: keep one",
                        ".env line 6 is not NAME=VALUE");
        assertThat(parsed.problems()).noneMatch(p -> p.contains("hush"));
    }

    @Test
    void hostile_text_never_throws_and_every_line_is_a_value_or_a_problem() {
        Random random = new Random(20260101);
        String alphabet = "AB=\"'\\#\n\r\0 \texport1_$\u2028é";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            DotEnv parsed = DotEnv.parse(text.toString());
            long lines = text.toString()
                    .lines()
                    .flatMap(l -> java.util.Arrays.stream(l.split("\\R")))
                    .filter(l -> !l.isBlank() && !l.stripLeading().startsWith("#"))
                    .count();
            assertThat(parsed.values().size() + parsed.problems().size()).isGreaterThanOrEqualTo(lines > 0 ? 1 : 0);
        }
    }
}
