namespace Agents.Runtime.Plugins;

/// <summary>A plugin's own code failed, hung, or broke a promise of its manifest while it was loaded.</summary>
public sealed class PluginLoadException : PluginException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public PluginLoadException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Plugin, phase, and cause.</param>
    public PluginLoadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Plugin, phase, and cause.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public PluginLoadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
