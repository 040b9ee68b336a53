using Agents.Cli.Output;
using Agents.Runtime.Connectors;
using Agents.Runtime.Resilience;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Agents.Cli.Sessions;

/// <summary>Models behind OpenAI-compatible endpoints. The key comes from the environment or the user secrets of this command and is never shown.</summary>
internal static class Endpoints
{
    /// <summary>Id of the user secrets, for <c>dotnet user-secrets --id</c>.</summary>
    public const string SecretsId = "agents-cli";

    /// <summary>How a reference to an endpoint begins.</summary>
    public const string Prefix = "openai:";

    /// <summary>Returns whether a model stands behind an endpoint.</summary>
    /// <param name="reference">The model, as on the command line.</param>
    public static bool Names(string reference) => reference.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Creates a client; nothing is sent yet.</summary>
    /// <param name="reference"><c>openai:NAME@URL</c>.</param>
    /// <param name="retries">How often a failed call is tried again.</param>
    /// <returns>The client and the model's name.</returns>
    /// <exception cref="UsageException">The reference is malformed.</exception>
    public static (IChatClient Client, string Name) Connect(string reference, int retries)
    {
        try
        {
            ModelReference parsed = ModelReference.Parse(reference);
            OpenAIChatClient client = new(parsed.Endpoint!, parsed.Name, new OpenAIChatClientOptions { ApiKey = FindKey() });
            return (new ResilientChatClient(client, new ResilienceOptions { Retries = retries }), parsed.Name);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message, error);
        }
    }

    /// <summary>Finds the key: environment first, then user secrets. Null when there is none.</summary>
    public static string? FindKey() => ApiKeys.Find() ?? ApiKeys.Find(Secrets());

    private static IConfiguration? Secrets() =>
        File.Exists(PathHelper.GetSecretsPathFromSecretsId(SecretsId)) ? new ConfigurationBuilder().AddUserSecrets(SecretsId).Build() : null;
}
