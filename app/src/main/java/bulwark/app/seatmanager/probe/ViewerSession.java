package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.client.ProbeClient;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The doctor signed in as the one who may look and nothing else. Kept between probes and visits, so that a visit opens one session at most; never printed.
 *
 * @param cookies as one header
 * @param csrf token that goes with them
 */
record ViewerSession(String cookies, String csrf) {
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    static ViewerSession of(SeatTarget target) throws IOException, InterruptedException {
        Path file = target.part().path("session_file");
        ONE_AT_A_TIME.lockInterruptibly();
        try {
            List<String> kept = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (kept.size() == 2) {
                ViewerSession session = new ViewerSession(kept.get(0), kept.get(1));
                if (target.get("/v1/auth/me", session.reading()).status() == 200) {
                    return session;
                }
            }
            ViewerSession opened = opened(signIn(target, kept.isEmpty() ? "" : kept.getFirst()));
            OwnerOnlyFiles.write(file, (opened.cookies + "\n" + opened.csrf + "\n").getBytes(StandardCharsets.UTF_8));
            return opened;
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /** @param cookies of before: the session among them ends, and the device is known again; empty for none */
    static ProbeAnswer signIn(SeatTarget target, String cookies) throws IOException, InterruptedException {
        String password = ProbeClient.credential(target.part().path("viewer_password_file"))
                .exposeText(SecretAccess.grant());
        String body = StrictJson.text(Map.of("username", ViewerEnrolment.USER, "password", password));
        return cookies.isEmpty()
                ? target.ask("POST", "/v1/auth/login", body, "Content-Type", "application/json")
                : target.ask("POST", "/v1/auth/login", body, "Content-Type", "application/json", "Cookie", cookies);
    }

    /** @throws IOException when nobody was signed in */
    static ViewerSession opened(ProbeAnswer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException(
                    "the doctor's own user cannot sign in: status " + answer.status() + " " + SeatTarget.code(answer));
        }
        String cookies = answer.headers().allValues("Set-Cookie").stream()
                .map(each -> each.split(";", 2)[0])
                .collect(Collectors.joining("; "));
        return new ViewerSession(cookies, answer.json().path("csrfToken").asString(""));
    }

    /** Headers of a request that changes nothing. */
    String[] reading() {
        return new String[] {"Cookie", cookies};
    }

    /** Headers of a request that may change something, before others. */
    String[] changing(String... more) {
        return Stream.concat(Stream.of("Cookie", cookies, "X-CSRF-Token", csrf), Stream.of(more))
                .toArray(String[]::new);
    }

    @Override
    public String toString() {
        return "ViewerSession[hidden]";
    }
}
