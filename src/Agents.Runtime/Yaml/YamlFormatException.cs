namespace Agents.Runtime.Yaml;

/// <summary>A YAML file is malformed or has a key or value that its reader does not know. The message names file, line, key and the nearest known key.</summary>
public class YamlFormatException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public YamlFormatException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">File, line, key, and what is wrong.</param>
    public YamlFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">File, line, key, and what is wrong.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public YamlFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
