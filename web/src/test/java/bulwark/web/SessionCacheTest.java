package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.access.Sessions.Session;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionCacheTest {
    private static final Instant NOW = Instant.parse("2026-06-01T08:00:00Z");
    private static final Session SESSION = new Session("s", "u", NOW, NOW.plusSeconds(60), NOW, "127.0.0.1", "agent");
    private static final Principal PRINCIPAL = new Principal(
            "user:u",
            "default",
            Set.of("read"),
            "s",
            Set.of(),
            new Authentication(Authentication.Method.SESSION, Set.of(), null, null, Confirmation.NONE));

    private final SessionCache cache = new SessionCache();

    @Test
    void a_session_is_known_until_the_next_commit_and_not_after_it() {
        cache.put("hash", SESSION, PRINCIPAL, 7);
        assertThat(cache.get("hash", 7)).map(SessionCache.Known::principal).contains(PRINCIPAL);
        assertThat(cache.get("hash", 8)).isEmpty();
        assertThat(cache.get("hash", 7)).as("what a commit ended stays ended").isEmpty();
    }

    @Test
    void another_token_finds_nothing() {
        cache.put("hash", SESSION, PRINCIPAL, 7);
        assertThat(cache.get("other", 7)).isEmpty();
    }

    @Test
    void many_tokens_take_no_more_room_than_ten_thousand() {
        for (int i = 0; i < 25_000; i++) {
            cache.put("hash" + i, SESSION, PRINCIPAL, 7);
        }
        assertThat(cache.size()).isLessThanOrEqualTo(10_000);
        assertThat(cache.get("hash24999", 7)).isPresent();
    }
}
