namespace Agents.Runtime.Plugins;

/// <summary>A plugin was refused, failed, or could not be unloaded. The message names the plugin, the rule and the fix.</summary>
public class PluginException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public PluginException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Plugin, rule, and fix.</param>
    public PluginException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Plugin, rule, and fix.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public PluginException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
