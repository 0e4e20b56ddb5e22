package bulwark.seats.signer;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretAccess;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.services.kms.KmsClient;

/** The client of KMS, by the signer's own settings alone: no file in the user's home and no metadata service is asked, and no variable of the AWS client points it elsewhere. */
final class KmsConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(10);
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
    private static final Pattern ARN = Pattern.compile("arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:(?:key|alias)/.+");

    private KmsConnection() {}

    static KmsTreasuryKey open(Configuration settings) {
        return open(settings, new KmsRetry(ATTEMPT_TIMEOUT, TOTAL_TIMEOUT, PAUSES, new SecureRandom()));
    }

    static KmsTreasuryKey open(Configuration settings, KmsRetry retry) {
        String region = region(settings);
        String endpoint = settings.text(SignerSettings.KMS_ENDPOINT);
        KmsClient client = KmsClient.builder()
                .region(Region.of(region))
                .endpointOverride(endpoint.isEmpty() ? serviceOf(region) : URI.create(endpoint))
                .credentialsProvider(StaticCredentialsProvider.create(credentials(settings)))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(retry.attempt()))
                .overrideConfiguration(overriding -> overriding
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(retry.attempt())
                        .defaultProfileFile(ProfileFile.aggregator().build()))
                .build();
        try {
            return KmsTreasuryKey.open(client, retry, settings.text(SignerSettings.KMS_KEY));
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** Of the setting, or else of the key's ARN; empty when neither names one. */
    static String region(Configuration settings) {
        String named = settings.text("AWS_REGION");
        String region = named.isEmpty() ? settings.text("AWS_DEFAULT_REGION") : named;
        return region.isEmpty() ? regionOfArn(settings).orElse("") : region;
    }

    /** Where the key lies by its ARN; empty when it is named otherwise. */
    static Optional<String> regionOfArn(Configuration settings) {
        Matcher arn = ARN.matcher(settings.text(SignerSettings.KMS_KEY));
        return arn.matches() ? Optional.of(arn.group(1)) : Optional.empty();
    }

    private static URI serviceOf(String region) {
        return URI.create("https://" + ServiceMetadata.of("kms").endpointFor(Region.of(region)));
    }

    private static AwsCredentials credentials(Configuration settings) {
        String id = secret(settings, "AWS_ACCESS_KEY_ID");
        String key = secret(settings, "AWS_SECRET_ACCESS_KEY");
        String session = secret(settings, "AWS_SESSION_TOKEN");
        return session.isEmpty() ? AwsBasicCredentials.create(id, key) : AwsSessionCredentials.create(id, key, session);
    }

    private static String secret(Configuration settings, String name) {
        return settings.secret(name)
                .map(secret -> secret.exposeText(SecretAccess.grant()))
                .orElse("");
    }
}
