using Agents.Plugins;

namespace Agents.Runtime.Plugins;

/// <summary>A declared feature; its object is created when it is first asked for.</summary>
internal sealed class PluginFeature(Type extensionPoint, FeatureInfo info, Func<IPluginHost, object> create)
{
    private readonly Lock _gate = new();
    private object? _value;

    public Type ExtensionPoint { get; } = extensionPoint;

    public FeatureInfo Info { get; } = info;

    public object Value(IPluginHost host)
    {
        lock (_gate)
        {
            return _value ??= create(host) ?? throw new InvalidOperationException($"The factory of '{Info.Id}' returned null.");
        }
    }
}
