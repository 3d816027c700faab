// VirtualRecorder
