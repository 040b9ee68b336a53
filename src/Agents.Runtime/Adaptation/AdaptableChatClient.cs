using Agents.Models;
using Agents.Models.Chat;
using Agents.Models.Decoder;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Adaptation;

/// <summary>A chat client over a model in this process that also makes temporary adapters: <c>GetService&lt;IAdaptationSource&gt;()</c>. The model stays the caller's.</summary>
public sealed class AdaptableChatClient : DelegatingChatClient
{
    private readonly DecoderAdaptationSource _source;

    /// <summary>Creates a client with the chat template that the model carries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="chat">Defaults of calls; null for the usual ones.</param>
    /// <param name="adaptation">Resources of temporary adapters; null for the usual ones.</param>
    /// <exception cref="Models.Templates.ChatTemplateException">The model carries no template, or one that this build cannot read.</exception>
    public AdaptableChatClient(DecoderModel model, LocalChatClientOptions? chat = null, AdaptationOptions? adaptation = null)
        : this(new LocalChatClient(model, chat), model, chat, adaptation)
    {
    }

    private AdaptableChatClient(LocalChatClient inner, DecoderModel model, LocalChatClientOptions? chat, AdaptationOptions? adaptation)
        : base(inner) => _source = new DecoderAdaptationSource(model, inner, adaptation, chat?.Time);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && (serviceType == typeof(IAdaptationSource) || serviceType == typeof(DecoderAdaptationSource)) ? _source : base.GetService(serviceType, serviceKey);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }
}
