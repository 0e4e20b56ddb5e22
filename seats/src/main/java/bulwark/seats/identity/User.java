package bulwark.seats.identity;

import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A person who may sign in. The password's hash never leaves this package. */
record User(
        String id,
        String name,
        String passwordHash,
        String role,
        boolean mustChangePassword,
        Instant created,
        @Nullable Instant disabled) {
    /** As answers show it. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("username", name);
        json.put("role", role);
        json.put("mustChangePassword", mustChangePassword);
        json.put("disabled", disabled != null);
        json.put("createdAt", Timestamps.zulu(created));
        return json;
    }

    @Override
    public String toString() {
        return "User[" + id + " " + role + "]";
    }
}
