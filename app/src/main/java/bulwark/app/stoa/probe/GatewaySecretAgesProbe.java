package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As the gateway itself measures and publishes it, for the alerts of an operator. */
final class GatewaySecretAgesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-SECRETS-01",
                        Severity.MEDIUM,
                        "The ages of secrets are published, and none is older than 90 days.",
                        "page, \"Secret Rotation Checklist\": 90 days; DORA: ICT risk management",
                        "Replace the secret that is named; its file is read again every second")
                .requires("V13.3.4")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        String metrics = GatewayTarget.of(visit).front().ask("GET", "/metrics").body();
        Map<String, Long> days = new TreeMap<>();
        Matcher matcher = AGE.matcher(metrics);
        while (matcher.find()) {
            days.put(matcher.group(1), (long) (Double.parseDouble(matcher.group(2)) / SECONDS_OF_DAY));
        }
        boolean old = days.values().stream().anyMatch(each -> each > MAX_DAYS);
        Matcher exposed = EXPOSED.matcher(metrics);
        boolean none = exposed.find() && Double.parseDouble(exposed.group(1)) == 0;
        return Observed.of(
                days.containsKey("admin_api_token") && !old && none,
                "an age of the admin token and of each other secret, " + MAX_DAYS
                        + " days or less, and none in the environment",
                "days: " + days + (none ? "" : "; secrets stand in the environment of the process"));
    }

    private static final long MAX_DAYS = 90;
    private static final long SECONDS_OF_DAY = 86_400;
    private static final Pattern AGE =
            Pattern.compile("(?m)^stoa_secret_age_seconds\\{secret=\"([a-z0-9_]+)\"} ([0-9.eE+]+)");
    private static final Pattern EXPOSED = Pattern.compile("(?m)^stoa_secrets_in_environment ([0-9.eE+]+)");
}
