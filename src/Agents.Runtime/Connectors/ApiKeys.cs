using Microsoft.Extensions.Configuration;

namespace Agents.Runtime.Connectors;

/// <summary>Finds the API key for endpoints: environment first, then configuration (user secrets among it). Keys are never logged and never part of a command line.</summary>
public static class ApiKeys
{
    /// <summary>Configuration key of the API key.</summary>
    public const string ConfigurationKey = "Agents:ApiKey";

    private static readonly string[] Variables = ["AGENTS_API_KEY", "OPENAI_API_KEY"];

    /// <summary>Returns the key; null when there is none.</summary>
    /// <param name="configuration">The host's configuration; null for the environment alone.</param>
    /// <param name="environment">Reads environment variables; null for the process's own.</param>
    public static string? Find(IConfiguration? configuration = null, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        return Variables.Select(environment).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))
            ?? (configuration?[ConfigurationKey] is { Length: > 0 } key ? key : null);
    }
}
