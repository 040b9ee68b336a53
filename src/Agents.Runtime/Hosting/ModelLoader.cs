using Agents.Models.Decoder;
using Agents.Runtime.Adaptation;
using Agents.Runtime.Connectors;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Resilience;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;

namespace Agents.Runtime.Hosting;

/// <summary>Opens local checkpoints in the embedded engine and endpoints behind the resilience layer.</summary>
/// <param name="options">Checked settings.</param>
/// <param name="configuration">Where the API key may be, besides the environment; null for the environment alone.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class ModelLoader(AgentsOptions options, IConfiguration? configuration = null, TimeProvider? time = null) : IModelLoader
{
    private static string EmbeddedFolder => Path.Combine(AppContext.BaseDirectory, "models");

    /// <inheritdoc/>
    public async Task<RoleModel> LoadAsync(ModelReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference is { Kind: ModelReferenceKind.Endpoint, Endpoint: { } endpoint })
        {
            var remote = new OpenAIChatClient(endpoint, reference.Name, new OpenAIChatClientOptions
            {
                ApiKey = ApiKeys.Find(configuration),
                AllowKeyWithoutEncryption = options.AllowKeyWithoutEncryption,
                Time = time ?? TimeProvider.System,
            });
            return new RoleModel(new ResilientChatClient(remote, options.Resilience, time)) { Name = reference.Name };
        }

        string path = reference.Path ?? Embedded();
        DecoderModel model = await DecoderModel.LoadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new RoleModel(new OwningClient(new AdaptableChatClient(model), model)) { Name = model.Name };
    }

    // Retrained models keep their number: tiny-2 replaces tiny-1 as 'tiny'.
    private static string Embedded() =>
        (Directory.Exists(EmbeddedFolder) ? Directory.EnumerateFiles(EmbeddedFolder, "tiny-*.gguf") : [])
            .OrderByDescending(path => path.Length)
            .ThenByDescending(path => path, StringComparer.Ordinal)
            .FirstOrDefault()
        ?? throw new ReasoningException($"The embedded model is missing: there is no tiny-*.gguf in '{EmbeddedFolder}'. Name a checkpoint or an endpoint as the model.");

    /// <summary>Disposes the model together with its client.</summary>
    private sealed class OwningClient(IChatClient inner, DecoderModel model) : DelegatingChatClient(inner)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
            {
                model.Dispose();
            }
        }
    }
}
