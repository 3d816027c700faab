// BurnEngine
