package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.storage.StoreRefused;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {
    private static final String SECRET = "hunter2secret";

    @Test
    void user_password_and_database_are_percent_decoded() {
        PostgresUrl url = PostgresUrl.parse(
                "postgresql://us%40er:p%3A%2F%3F%23%25+w@db.example:6432/my%20db?schema=seats&sslmode=verify-full",
                "URL");
        assertThat(url.user()).isEqualTo("us@er");
        assertThat(url.password().exposeText(SecretAccess.grant())).isEqualTo("p:/?#%+w");
        assertThat(url.host()).isEqualTo("db.example");
        assertThat(url.port()).isEqualTo(6432);
        assertThat(url.database()).isEqualTo("my db");
        assertThat(url.schema()).isEqualTo("seats");
        assertThat(url.verified()).isTrue();
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example:6432/my%20db");
    }

    @Test
    void a_short_form_has_the_usual_port_and_schema() {
        PostgresUrl url = PostgresUrl.parse("postgres://me@[::1]/db", "URL");
        assertThat(url.port()).isEqualTo(5432);
        assertThat(url.schema()).isEqualTo("public");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://[::1]:5432/db");
        assertThat(url.verified()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?sslmode=require", "?sslmode=verify-ca", "?sslmode=disable", "?sslmode=prefer"})
    void a_server_that_is_not_on_loopback_must_prove_its_name(String query) {
        assertThatThrownBy(() ->
                        PostgresUrl.parse("postgresql://me:" + SECRET + "@db.example/db" + query, "STOA_DATABASE_URL"))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("STOA_DATABASE_URL must say sslmode=verify-full")
                .hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:hunter2secret%zz@localhost/db",
                "postgresql://me:hunter2secret @localhost/db",
                "postgresql://me:hunter2secret@/db",
                "postgresql://me:hunter2secret@localhost",
                "postgresql://:hunter2secret@localhost/db",
                "postgresql://me:hunter2secret@localhost/db?schema=a-b",
                "postgresql://me:hunter2secret@localhost/db?schema=a&schema=b",
                "postgresql://me:hunter2secret@localhost/db?sslmode=none",
                "postgresql://me:hunter2secret@localhost/db?password=hunter2secret",
                "postgresql://me:hunter2secret@localhost/db?connection_limit=0",
                "postgresql://me:hunter2secret@localhost/db#hunter2secret",
                "postgresql://me:%00hunter2secret@localhost/db",
                "mysql://me:hunter2secret@localhost/db"
            })
    void what_is_wrong_is_refused_without_a_word_of_the_password(String text) {
        assertThatThrownBy(() -> StoreUrl.parse(text, "STOA_DATABASE_URL", Path.of("/tmp")))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("STOA_DATABASE_URL")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void neither_text_nor_name_shows_the_password() {
        PostgresUrl url = PostgresUrl.parse("postgresql://me:" + SECRET + "@localhost/db", "URL");
        assertThat(url + url.name() + url.jdbc()).doesNotContain(SECRET);
    }

    @Test
    void any_text_is_a_url_or_refused() {
        Random random = new Random(7);
        String alphabet = "postgresql://a:b@c%4/?&=#[]+ \0é0123456789";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder("postgresql://");
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                PostgresUrl.parse(text.toString(), "URL");
            } catch (StoreRefused refused) {
                assertThat(refused).hasMessageStartingWith("URL ");
            }
        }
    }

    @Test
    void a_file_is_named_by_its_scheme() {
        assertThat(StoreUrl.parse("sqlite:a/../b.db", "URL", Path.of("/data")))
                .isEqualTo(new StoreUrl.File(Path.of("/data/b.db")));
    }
}
