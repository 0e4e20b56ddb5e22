package bulwark.seats.settings;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingRules;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.plan.DevelopmentAccounts;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What the settings of one deployment mean together; each finding names its setting and the remedy. */
final class SeatSettingRules implements SettingRules {
    private static final int MIN_TOKEN_CHARACTERS = 32;
    private static final int MIN_STEP_UP_SECONDS = 30;
    private static final int MAX_STEP_UP_SECONDS = 900;
    private static final int MAX_APPROVALS = 10;
    private static final Set<String> EXTRA_ACTIONS = Set.of("approve", "deposit", "revoke", "with-vault");

    /** Whoever mends one fault must not meet the next at the next start. */
    @Override
    public boolean runsBesideFaults() {
        return true;
    }

    @Override
    public void check(Configuration settings, SettingFindings findings) {
        secrets(settings, findings);
        database(settings, findings);
        profile(settings, findings);
        listener(settings, findings);
        staticToken(settings, findings);
        stepUp(settings, findings);
        forkVersion(settings, findings);
        plans(settings, findings);
        writes(settings, findings);
        ChainSettings.check(settings, findings);
        WatchSettings.check(settings, findings);
    }

    private static void writes(Configuration settings, SettingFindings findings) {
        if (settings.flag("SEAT_MANAGER_WRITES_ENABLED")
                && settings.secret(ChainSettings.ENDPOINTS).isEmpty()) {
            findings.refuse("SEAT_MANAGER_WRITES_ENABLED needs " + ChainSettings.ENDPOINTS
                    + ": nothing is sent without clients that were asked before");
        }
    }

    private static void forkVersion(Configuration settings, SettingFindings findings) {
        String text = settings.text(SeatSettings.GENESIS_FORK_VERSION);
        if (text.isEmpty()) {
            return;
        }
        Optional<ForkVersion> version = ForkVersion.parse(text);
        if (version.isEmpty()) {
            findings.refuse(SeatSettings.GENESIS_FORK_VERSION + " must be 8 hexadecimal digits");
        }
        version.flatMap(ForkVersion::publicNetwork)
                .ifPresent(name -> findings.refuse(SeatSettings.GENESIS_FORK_VERSION + " is that of " + name
                        + ", which is not chain 286: a deposit signed with it could be replayed there. Set the version of"
                        + " your own network"));
    }

    private static void plans(Configuration settings, SettingFindings findings) {
        long approvals = settings.count("SEAT_MANAGER_APPROVALS");
        if (approvals < 1 || approvals > MAX_APPROVALS) {
            findings.refuse("SEAT_MANAGER_APPROVALS must be 1 to " + MAX_APPROVALS + ", not " + approvals);
        }
        if (settings.count("SEAT_MANAGER_CHAIN_ID") < 1) {
            findings.refuse("SEAT_MANAGER_CHAIN_ID must be 1 or more");
        }
        for (String name : List.of(
                "SEAT_MANAGER_TREASURY_ADDRESS",
                "SEAT_MANAGER_DEPOSIT_CONTRACT",
                "SEAT_MANAGER_VAULT_FACTORY",
                "SEAT_MANAGER_TREASURY_ROUTER")) {
            formed(
                    settings,
                    findings,
                    name,
                    text -> EvmAddress.parse(text).isPresent(),
                    "an address: 0x and 40" + " hexadecimal digits, in lower case or with the check of EIP-55");
        }
        for (String name : List.of("SEAT_MANAGER_CONTRACT_CODE_HASH", "SEAT_MANAGER_VAULT_CODE_HASH")) {
            formed(
                    settings,
                    findings,
                    name,
                    text -> text.matches("0x[0-9a-f]{64}"),
                    "a hash: 0x and 64 hexadecimal digits" + " in lower case");
        }
        for (String name : List.of("SEAT_MANAGER_MAX_EXIT_FEE_WEI", "SEAT_MANAGER_MAX_FEE_PER_GAS_WEI")) {
            formed(settings, findings, name, text -> text.matches("[1-9][0-9]{0,19}"), "a whole number of wei");
        }
        Optional<EvmAddress> treasury = EvmAddress.parse(settings.text("SEAT_MANAGER_TREASURY_ADDRESS"));
        if (Profile.of(settings) != Profile.DEVELOPMENT) {
            treasury.flatMap(DevelopmentAccounts::find)
                    .ifPresent(known -> findings.refuse("SEAT_MANAGER_TREASURY_ADDRESS is " + known
                            + ", whose key everybody has: name the address of a key of your own"));
        }
    }

    private static void formed(
            Configuration settings, SettingFindings findings, String name, Predicate<String> form, String must) {
        String text = settings.text(name);
        if (!text.isEmpty() && !form.test(text)) {
            findings.refuse(name + " must be " + must);
        }
    }

    private static void secrets(Configuration settings, SettingFindings findings) {
        for (String name : List.of(SeatSettings.SESSION_SECRET, SeatSettings.STEP_UP_SECRET)) {
            Optional<SecretBytes> secret = settings.secret(name);
            if (secret.isEmpty()) {
                findings.refuse(name + " is missing or empty: run seat-manager secrets generate, which writes it into"
                        + " .env, or set " + name + "_FILE");
            } else {
                HmacSecret.problem(secret.get()).ifPresent(problem -> findings.refuse(name + " " + problem));
            }
        }
        Optional<SecretBytes> session = settings.secret(SeatSettings.SESSION_SECRET);
        Optional<SecretBytes> stepUp = settings.secret(SeatSettings.STEP_UP_SECRET);
        if (session.isPresent() && stepUp.isPresent() && folded(session.get()).equals(folded(stepUp.get()))) {
            findings.refuse(SeatSettings.SESSION_SECRET + " and " + SeatSettings.STEP_UP_SECRET
                    + " are the same value: whoever has one has both. Run seat-manager secrets rotate step-up");
        }
    }

    private static String folded(SecretBytes secret) {
        return secret.exposeText(SecretAccess.grant()).toLowerCase(Locale.ROOT);
    }

    private static void database(Configuration settings, SettingFindings findings) {
        Optional<SecretBytes> url = settings.secret(SeatSettings.DATABASE);
        if (url.isEmpty()) {
            findings.refuse(SeatSettings.DATABASE + " is missing or empty: set it to sqlite:seats.db");
            return;
        }
        String store = url.get().exposeText(SecretAccess.grant());
        DatabaseUrl.problem(store).ifPresent(problem -> findings.refuse(SeatSettings.DATABASE + " " + problem));
        settings.secret(SeatSettings.DATABASE_MIGRATION)
                .flatMap(owner -> DatabaseUrl.migrationProblem(store, owner.exposeText(SecretAccess.grant())))
                .ifPresent(problem -> findings.refuse(SeatSettings.DATABASE_MIGRATION + " " + problem));
    }

    private static void profile(Configuration settings, SettingFindings findings) {
        Profile.problem(settings).ifPresent(findings::refuse);
        if (!settings.flag("SEAT_MANAGER_SECURE_COOKIES")) {
            findings.warn("SEAT_MANAGER_SECURE_COOKIES is off: session cookies travel over connections that anybody on"
                    + " the way can read");
        }
    }

    private static void listener(Configuration settings, SettingFindings findings) {
        String host = settings.text("SEAT_MANAGER_HOST");
        if (!Loopback.isLoopback(host)) {
            findings.refuse("SEAT_MANAGER_HOST must be a loopback address: this service speaks plain HTTP. Let a proxy"
                    + " end TLS in front of it");
        }
        for (String origin : settings.list("SEAT_MANAGER_PUBLIC_ORIGINS")) {
            if (!isOrigin(origin)) {
                findings.refuse("SEAT_MANAGER_PUBLIC_ORIGINS must be origins such as https://admin.example, without a"
                        + " path");
            }
        }
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && Loopback.isLoopback(uri.getHost())))
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void staticToken(Configuration settings, SettingFindings findings) {
        String sunset = settings.text(StaticTokenSunset.SETTING);
        if (!sunset.isEmpty() && StaticTokenSunset.parse(sunset).isEmpty()) {
            findings.refuse(StaticTokenSunset.SETTING
                    + " must be a date or time of ISO 8601: 2026-12-31 or 2026-12-31T12:00:00Z");
        }
        settings.secret(SeatSettings.ADMIN_TOKEN).ifPresent(token -> {
            if (token.exposeText(SecretAccess.grant()).strip().length() < MIN_TOKEN_CHARACTERS) {
                findings.refuse(SeatSettings.ADMIN_TOKEN + " must have " + MIN_TOKEN_CHARACTERS
                        + " characters or more: make one with openssl rand -hex 32");
            }
            if (sunset.isEmpty() && Profile.of(settings) == Profile.PRODUCTION) {
                findings.warn(SeatSettings.ADMIN_TOKEN + " has no end: set " + StaticTokenSunset.SETTING
                        + " to the day from which it is refused");
            }
        });
    }

    private static void stepUp(Configuration settings, SettingFindings findings) {
        long seconds = settings.count("SEAT_MANAGER_STEP_UP_TTL_SECONDS");
        if (seconds < MIN_STEP_UP_SECONDS || seconds > MAX_STEP_UP_SECONDS) {
            findings.refuse("SEAT_MANAGER_STEP_UP_TTL_SECONDS must be " + MIN_STEP_UP_SECONDS + " to "
                    + MAX_STEP_UP_SECONDS + ", not " + seconds);
        }
        for (String action : settings.list("SEAT_MANAGER_STEP_UP_EXTRA_ACTIONS")) {
            if (!EXTRA_ACTIONS.contains(action)) {
                findings.refuse("SEAT_MANAGER_STEP_UP_EXTRA_ACTIONS may hold approve, deposit, revoke and with-vault");
            }
        }
    }
}
