using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Agents.Cli.Models;

/// <summary>The key for OpenAI-compatible endpoints: from the environment, otherwise from the user secrets of this command. It is never shown or logged.</summary>
internal static class ApiKeys
{
    /// <summary>Name of the environment variable.</summary>
    public const string Variable = "OPENAI_API_KEY";

    /// <summary>Name among the user secrets.</summary>
    public const string Secret = "OpenAI:ApiKey";

    /// <summary>Id of the user secrets.</summary>
    public const string SecretsId = "agents-cli";

    /// <summary>Finds the key.</summary>
    /// <returns>The key and where it comes from; null when none is configured.</returns>
    public static (string Value, string Source)? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value)
        {
            return (value, "environment");
        }

        if (!File.Exists(PathHelper.GetSecretsPathFromSecretsId(SecretsId)))
        {
            return null;
        }

        IConfiguration secrets = new ConfigurationBuilder().AddUserSecrets(SecretsId).Build();
        return secrets[Secret] is { Length: > 0 } secret ? (secret, "user secrets") : null;
    }
}
