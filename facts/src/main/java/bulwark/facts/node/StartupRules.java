package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;

/** What the settings of the node mean together. Each setting by itself is checked by {@link NodeSettings}' table. */
final class StartupRules {
    private StartupRules() {}

    static void check(Configuration configuration, SettingFindings findings) {
        Check check = new Check(configuration, findings);
        check.transport();
        check.federation();
        check.authentication();
        check.listeners();
        check.trust();
        check.quotas();
        check.browsers();
    }

    private static final class Check {
        private final Configuration configuration;
        private final SettingFindings findings;
        private final boolean mutualTls;
        private final boolean allowNonLoopback;
        private final String host;

        Check(Configuration configuration, SettingFindings findings) {
            this.configuration = configuration;
            this.findings = findings;
            mutualTls = NodeSettings.mutualTls(configuration);
            allowNonLoopback = configuration.flag("STIGMEM_LOCAL_DEV_ALLOW_INSECURE_NON_LOOPBACK");
            host = NodeSettings.host(configuration);
        }

        void transport() {
            boolean certificate = isGiven("STIGMEM_TLS_CERT_PATH");
            boolean key = isGiven("STIGMEM_TLS_KEY_PATH");
            boolean bundle = isGiven("STIGMEM_TLS_CA_BUNDLE");
            if (certificate != key) {
                findings.refuse((certificate ? "STIGMEM_TLS_CERT_PATH" : "STIGMEM_TLS_KEY_PATH") + " is set without "
                        + (certificate ? "STIGMEM_TLS_KEY_PATH" : "STIGMEM_TLS_CERT_PATH")
                        + ": set both for mutual TLS, or neither");
            } else if (mutualTls && !bundle) {
                findings.refuse(
                        "STIGMEM_TLS_CA_BUNDLE is required when mTLS is enabled: without it no client certificate"
                                + " could be verified. Name the PEM file with the CAs of the callers.");
            } else if (bundle && !mutualTls) {
                findings.refuse("STIGMEM_TLS_CA_BUNDLE is set without STIGMEM_TLS_CERT_PATH and STIGMEM_TLS_KEY_PATH:"
                        + " set all three for mutual TLS, or none");
            }
        }

        void federation() {
            boolean on = configuration.flag("STIGMEM_FEDERATION_ENABLED")
                    || configuration.flag("STIGMEM_FEDERATION_PUSH_ENABLED");
            if (!on || mutualTls) {
                return;
            }
            if (!configuration.flag("STIGMEM_FEDERATION_INSECURE")) {
                findings.refuse("Federation requires mTLS by default. Configure STIGMEM_TLS_CERT_PATH,"
                        + " STIGMEM_TLS_KEY_PATH and STIGMEM_TLS_CA_BUNDLE, or set STIGMEM_FEDERATION_INSECURE=1 for"
                        + " local development on loopback.");
                return;
            }
            loopbackOnly("STIGMEM_FEDERATION_INSECURE=1");
            findings.warn("SECURITY WARNING: federation is running without mTLS because STIGMEM_FEDERATION_INSECURE=1"
                    + " is set. Peers are not authenticated by certificate and traffic is readable. Never use this in"
                    + " production.");
        }

        void authentication() {
            if (configuration.flag("STIGMEM_AUTH_REQUIRED")) {
                return;
            }
            loopbackOnly("STIGMEM_AUTH_REQUIRED=false");
            findings.warn("SECURITY WARNING: authentication is off because STIGMEM_AUTH_REQUIRED=false is set. Every"
                    + " caller is anon:trusted and may read and write. Never use this in production.");
        }

        void listeners() {
            String localHost = configuration.text("STIGMEM_LOCAL_HTTP_HOST");
            int localPort = configuration.port("STIGMEM_LOCAL_HTTP_PORT");
            if (!mutualTls && !Loopback.isLoopback(host)) {
                if (!allowNonLoopback) {
                    findings.refuse("STIGMEM_HOST=" + host + " would serve plaintext beyond this machine: configure"
                            + " mutual TLS, bind 127.0.0.1, or set STIGMEM_LOCAL_DEV_ALLOW_INSECURE_NON_LOOPBACK=1 on"
                            + " an isolated network");
                }
                findings.warn("SECURITY WARNING: STIGMEM_HOST=" + host + " serves plaintext beyond this machine. API"
                        + " keys cross the network readable.");
            }
            if (mutualTls && localPort != 0 && !Loopback.isLoopback(localHost)) {
                findings.warn("SECURITY WARNING: the plaintext listener binds STIGMEM_LOCAL_HTTP_HOST=" + localHost
                        + ", which is not loopback. Publish its port on 127.0.0.1 only.");
            }
            if (mutualTls && localPort != 0 && localPort == configuration.port("STIGMEM_PORT")) {
                findings.refuse(
                        "STIGMEM_PORT and STIGMEM_LOCAL_HTTP_PORT are both " + localPort + ": choose two ports");
            }
        }

        void trust() {
            boolean strict = configuration.text("STIGMEM_TRUST_MODE").equals("strict");
            if (strict && configuration.secret("STIGMEM_NODE_PRIVATE_KEY").isEmpty()) {
                findings.refuse("STIGMEM_NODE_PRIVATE_KEY must be set when trust_mode=strict");
            }
            if (configuration.text("STIGMEM_TL_BACKEND").equals("off")) {
                findings.warn("SECURITY WARNING: STIGMEM_TL_BACKEND=off: key rotations and fact chain checkpoints are"
                        + " not recorded in any transparency log.");
            }
            if (NodeLog.isUnverified(configuration)) {
                findings.warn("SECURITY WARNING: STIGMEM_TL_BACKEND=rekor with a server of your own and without"
                        + " STIGMEM_TL_REKOR_PUBLIC_KEY: what the server says of its log is believed unsigned. Name the"
                        + " PEM file with its public key.");
            }
        }

        void quotas() {
            long writes = configuration.count("STIGMEM_RATE_LIMIT_WRITE_PER_HOUR");
            long reads = configuration.count("STIGMEM_RATE_LIMIT_READ_PER_HOUR");
            if (writes == 0 && reads == 0) {
                boolean acknowledged = configuration.flag("STIGMEM_RATE_LIMIT_DISABLED_ACK");
                findings.warn("SECURITY WARNING: quota enforcement is fully disabled (write=0, read=0) "
                        + (acknowledged
                                ? "with explicit operator acknowledgment via STIGMEM_RATE_LIMIT_DISABLED_ACK=1."
                                : "without operator acknowledgment. Set ceilings above 0; only an isolated development"
                                        + " node may set STIGMEM_RATE_LIMIT_DISABLED_ACK=1 instead."));
            } else if (writes == 0 || reads == 0) {
                findings.warn("SECURITY WARNING: " + (writes == 0 ? "writes" : "reads")
                        + " are unlimited because STIGMEM_RATE_LIMIT_" + (writes == 0 ? "WRITE" : "READ")
                        + "_PER_HOUR=0 is set.");
            }
            burst("STIGMEM_RATE_LIMIT_WRITE_BURST", writes);
            burst("STIGMEM_RATE_LIMIT_READ_BURST", reads);
        }

        void browsers() {
            if (configuration.flag("STIGMEM_CORS_DEV_LOCALHOST")) {
                findings.warn("SECURITY WARNING: STIGMEM_CORS_DEV_LOCALHOST=1 is set, which asks that pages of every"
                        + " localhost origin may call this node. Never use this in production.");
            }
        }

        private void burst(String name, long perHour) {
            if (perHour > 0 && configuration.count(name) == 0) {
                findings.refuse(name + " is 0, which would refuse every request: set 1 or more");
            }
        }

        private void loopbackOnly(String because) {
            String nodeHost = Loopback.hostOf(configuration.text("STIGMEM_NODE_URL"));
            if (!allowNonLoopback && !Loopback.isLoopback(nodeHost)) {
                findings.refuse(because + " is for loopback only, and the host of STIGMEM_NODE_URL is \"" + nodeHost
                        + "\": use localhost, 127.0.0.1 or ::1");
            }
            if (!allowNonLoopback && !Loopback.isLoopback(host)) {
                findings.refuse(
                        because + " is for loopback only, and the node binds " + host + ": set STIGMEM_HOST=127.0.0.1");
            }
            String localHost = configuration.text("STIGMEM_LOCAL_HTTP_HOST");
            boolean second = mutualTls && configuration.port("STIGMEM_LOCAL_HTTP_PORT") != 0;
            if (!allowNonLoopback && second && !Loopback.isLoopback(localHost)) {
                findings.refuse(because + " is for loopback only, and the plaintext listener binds " + localHost
                        + ": set STIGMEM_LOCAL_HTTP_HOST=127.0.0.1");
            }
        }

        private boolean isGiven(String name) {
            return !configuration.text(name).isEmpty();
        }
    }
}
